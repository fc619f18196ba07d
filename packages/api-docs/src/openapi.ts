import { errorCodes, PROTOCOL_VERSION, type RouteContract, routes } from '@parley/contracts';
import type { z } from 'zod';

import { errorSchema } from './error-schema.ts';
import { asked, SchemaBook } from './schema-book.ts';

type Operation = Readonly<Record<string, unknown>>;

const minPosition = {
  name: 'X-Min-Position',
  in: 'header',
  description: 'The answer includes the writes that had these positions, one per kind of log.',
  schema: { type: 'string' },
};
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Kept over every retry of the same act, so that it happens once.',
  schema: { type: 'string', maxLength: 64 },
};

/** The REST side of the edge as an OpenAPI 3.1 document, made of the same contracts that the gateway serves. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const all: [string, RouteContract][] = Object.entries(routes);
  const book = new SchemaBook(all.flatMap(([, { answer }]) => (answer ? [answer] : [])));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [name, route] of all) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route, book) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley, REST',
      version: `${PROTOCOL_VERSION}`,
      description: 'Every route answers under its plain path and under /v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }, { url: '/v1' }],
    paths,
    components: {
      securitySchemes: { session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: { Refused: refusedResponse() },
      schemas: { ...book.componentsFor(paths) },
    },
  };
}

function operationOf(name: string, route: RouteContract, book: SchemaBook): Operation {
  return {
    operationId: name,
    summary: route.summary,
    tags: [groupOf(route.path)],
    security: route.auth === 'session' ? [{ session: [] }] : [],
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...(route.method === 'GET' && route.auth === 'session' ? [minPosition] : []),
      ...(route.method === 'POST' ? [idempotencyKey] : []),
    ],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: asked(route.body) } } },
    }),
    responses: {
      [route.status]: {
        description: route.status === 204 ? 'Done.' : 'As asked.',
        ...(route.answer && { content: { 'application/json': { schema: book.answered(route.answer) } } }),
      },
      default: { $ref: '#/components/responses/Refused' },
    },
  };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): Operation[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = asked(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

/** What a path is about: its first word, without what only says where it hangs. */
function groupOf(path: string): string {
  return path.split('/').find((word) => word !== '' && !word.startsWith(':')) ?? 'other';
}

function refusedResponse(): Operation {
  const codes = Object.entries(errorCodes);
  return {
    description: codes.map(([code, { status }]) => `${status} ${code}`).join(' · '),
    content: { 'application/problem+json': { schema: errorSchema } },
  };
}
