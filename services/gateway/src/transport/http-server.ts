import { randomUUID } from 'node:crypto';

import {
  type EdgeError,
  errorCodes,
  FRAME_BYTES_MAX,
  IdempotencyKey,
  Positions,
  type RouteContract,
  type RouteName,
  routes,
} from '@parley/contracts';
import { answerHealth, type Health, type Log } from '@parley/service-kit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';

import { serveApiDocuments } from './api-documents.ts';
import { type AuthenticationFault, type Authenticator, bearerToken } from './authenticate.ts';
import type { Identity } from './client-session.ts';
import { edgeError, type EdgeResult, validationFailed } from './edge-error.ts';
import { welcomeOrigins } from './origins.ts';
import type { Counted, RequestLimits } from './request-limits.ts';
import type { RestHandlers } from './rest-contract.ts';
import { serveStickerPictures } from './sticker-pictures.ts';
import { serveWebApp } from './web-app.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

const sessionMessages: { readonly [Code in AuthenticationFault]: string } = {
  UNAUTHENTICATED: 'A valid access token is needed.',
  TOKEN_EXPIRED: 'The access token has expired.',
  SESSION_REVOKED: 'The session has ended.',
  UNAVAILABLE: 'Sessions cannot be checked now. Try again.',
};

export interface HttpServerParts {
  readonly authenticator: Authenticator;
  readonly handlers: RestHandlers;
  readonly health: () => Promise<Health> | Health;
  readonly isDraining: () => boolean;
  readonly log: Log;
  readonly trustProxy: boolean;
  /** Other origins that browsers may come from. */
  readonly origins: readonly string[];
  readonly limits: RequestLimits;
  /** Where the built web app lies. */
  readonly webAppDirectory: string;
}

/** The REST edge: one Fastify route per contract, plain and under /v1, answered by the table of handlers. */
export function createHttpServer(parts: HttpServerParts): FastifyInstance {
  const app = fastify({
    bodyLimit: FRAME_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // One hop: what the proxy itself has seen. What came before it in the header is the client's to write.
    trustProxy: parts.trustProxy && ((_, hop) => hop === 0),
    exposeHeadRoutes: false,
    genReqId: () => randomUUID(),
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    // What fails before there is a route, as a path that is no path, is refused in the same words.
    frameworkErrors: (error, _, reply) => void sendError(reply as FastifyReply, errorOf(error, parts.log)),
  });
  app.addHook('onSend', async (_, reply) => {
    reply.headers({
      // Answers are somebody's own, but for the few files that say themselves how long they keep.
      'cache-control': reply.getHeader('cache-control') ?? 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      // The pages to read have a style sheet of our own; but for the web app nothing else loads anything.
      'content-security-policy':
        reply.getHeader('content-security-policy') ??
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    });
  });
  welcomeOrigins(app, parts.origins);
  app.setNotFoundHandler((_, reply) =>
    sendError(reply, edgeError('NOT_FOUND', 'There is no such route.').error),
  );
  app.setErrorHandler((error, _, reply) => sendError(reply, errorOf(error, parts.log)));
  // A client that says JSON and sends nothing means no body.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) => {
    if (body === '') return done(null, undefined);
    try {
      return done(null, JSON.parse(body as string));
    } catch {
      return done(Object.assign(new Error('not JSON'), { statusCode: 400 }));
    }
  });

  for (const [name, contract] of Object.entries(routes) as [RouteName, RouteContract][]) {
    const schema = requestSchema(contract);
    for (const prefix of ['', '/v1']) {
      app.route({
        method: contract.method,
        url: `${prefix}${contract.path}`,
        // Before the body is read: a flood costs no more than its headers.
        onRequest: async (request, reply) => {
          const refusal = await overLimit(parts.limits, reply, { counted: 'address', whose: request.ip });
          if (refusal) return sendError(reply, refusal);
          return undefined;
        },
        handler: async (request, reply) => answer(parts, { name, contract, schema, request, reply }),
      });
    }
  }
  serveApiDocuments(app);
  serveStickerPictures(app);
  serveWebApp(app, parts.webAppDirectory);
  for (const path of ['/livez', '/readyz', '/startupz', '/health']) {
    app.get(path, async (_, reply) => {
      const health = await answerHealth(path, {
        started: true,
        draining: parts.isDraining(),
        health: parts.health,
      });
      return reply.status(health?.status ?? 404).send(health?.body);
    });
  }
  return app;
}

/** Made once for each route: a schema becomes code at its first use, which costs more than what it then checks. */
function requestSchema({ params, query, body }: RouteContract) {
  return z.object({
    params: params ?? z.unknown(),
    query: query ?? z.unknown(),
    body: body ?? z.unknown(),
    minPosition: Positions.optional(),
    idempotencyKey: IdempotencyKey.optional(),
  });
}

interface Call {
  readonly name: RouteName;
  readonly contract: RouteContract;
  readonly schema: ReturnType<typeof requestSchema>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function answer(parts: HttpServerParts, call: Call): Promise<FastifyReply> {
  const { contract, reply } = call;
  const result = await resultOf(parts, call);
  if (!result.ok) return sendError(reply, result.error);
  if (result.position !== undefined) reply.header('x-position', result.position);
  return reply.status(contract.status).send(contract.status === 204 ? undefined : result.data);
}

async function resultOf(
  parts: HttpServerParts,
  { name, contract, schema, request, reply }: Call,
): Promise<EdgeResult> {
  const identity = await identityOf(parts.authenticator, contract, request);
  if (typeof identity === 'string') return edgeError(identity, sessionMessages[identity]);
  if (identity) {
    const refusal = await overLimit(parts.limits, reply, { counted: 'person', whose: identity.userId });
    if (refusal) return { ok: false, error: refusal };
  }

  const parsed = schema.safeParse({
    params: request.params,
    query: request.query,
    body: request.body,
    minPosition: request.headers['x-min-position'],
    idempotencyKey: request.headers['idempotency-key'],
  });
  if (!parsed.success) return validationFailed(parsed.error);
  const { minPosition, idempotencyKey, ...rest } = parsed.data;

  // TypeScript cannot see that table[name] accepts what the contract of the same name has parsed.
  const handler = parts.handlers[name] as (request: object) => Promise<EdgeResult>;
  return handler({
    ...rest,
    identity,
    asking: { actorId: identity?.userId, minPosition, correlationId: request.id },
    idempotencyKey,
    address: request.ip,
  });
}

async function identityOf(
  authenticator: Authenticator,
  contract: RouteContract,
  request: FastifyRequest,
): Promise<Identity | AuthenticationFault | undefined> {
  if (contract.auth === 'none') return undefined;
  return authenticator.authenticate(bearerToken(request.headers.authorization));
}

/** Counts a request, and says in its answer's headers what is left; an error where nothing was. */
async function overLimit(
  limits: RequestLimits,
  reply: FastifyReply,
  { counted, whose }: { readonly counted: Counted; readonly whose: string },
): Promise<EdgeError | undefined> {
  const { said, retryAfterMs } = await limits.take(counted, whose);
  const before = reply.getHeader('ratelimit');
  reply.headers({
    'ratelimit-policy': limits.policy,
    ratelimit: before === undefined ? said : `${said}, ${String(before)}`,
  });
  if (retryAfterMs === undefined) return undefined;
  return edgeError('RATE_LIMITED', 'Too many requests.', { retryAfterMs }).error;
}

function sendError(reply: FastifyReply, error: EdgeError): FastifyReply {
  const { status } = errorCodes[error.code];
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1_000));
  return reply
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title: error.message, status, ...error }));
}

/** What the framework refuses by itself, in the edge's words; anything else is a bug of ours. */
function errorOf(error: unknown, log: Log): EdgeError {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return edgeError('PAYLOAD_TOO_LARGE', 'The body is too large.').error;
  if (status === 415) return edgeError('UNSUPPORTED_MEDIA', 'The body must be application/json.').error;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return edgeError('VALIDATION_FAILED', 'The request is not as it should be.').error;
  }
  log.error({ err: error }, 'a request could not be answered');
  return edgeError('INTERNAL', 'Something went wrong.').error;
}
