import { apiPage, apiPageStyle, asyncApiDocument, openApiDocument } from '@parley/api-docs';
import type { FastifyInstance } from 'fastify';

/** What may be asked of this gateway, for machines and for people: made once, of the contracts it serves. */
export function serveApiDocuments(app: FastifyInstance): void {
  const documents = {
    '/openapi.json': { type: 'application/json', body: JSON.stringify(openApiDocument()) },
    '/asyncapi.json': { type: 'application/json', body: JSON.stringify(asyncApiDocument()) },
    '/docs': { type: 'text/html; charset=utf-8', body: apiPage() },
    '/docs/style.css': { type: 'text/css; charset=utf-8', body: apiPageStyle },
  };
  for (const [path, { type, body }] of Object.entries(documents)) {
    app.get(path, async (_, reply) => reply.type(type).send(body));
  }
}
