import type { FastifyInstance } from 'fastify';

const PREFLIGHT_AGE_S = 600;

/** What a page may say beside a body, and what of an answer it may read beside its body. */
const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key, X-Min-Position';
const ANSWER_HEADERS = 'Retry-After, RateLimit, RateLimit-Policy, X-Position';
const METHODS = 'GET, POST, PUT, PATCH, DELETE';

/** A browser may come from the gateway's own origin or from a listed one; what is no browser sends none. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  origins: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Lets pages of the listed origins ask over REST and read the answers. To others nothing is said, which browsers take
 * as a no. There are no cookies, so nothing is ever sent in a person's name that the page did not have itself.
 */
export function welcomeOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': ANSWER_HEADERS,
    });
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return;
    await reply
      .status(204)
      .headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': PREFLIGHT_AGE_S,
      })
      .send();
  });
}
