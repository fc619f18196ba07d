import { errorCodes } from '@parley/contracts';

import type { JsonSchema } from './schema-book.ts';

/** What a refused or failed call carries, over REST and sockets alike. */
export const errorSchema: JsonSchema = {
  type: 'object',
  required: ['code', 'message', 'definite', 'requestId'],
  properties: {
    code: { type: 'string', enum: Object.keys(errorCodes) },
    message: { type: 'string' },
    definite: { type: 'boolean', description: 'false: the outcome is unknown, retry with the same id' },
    retryAfterMs: { type: 'integer' },
    requestId: { type: 'string' },
    details: { type: 'object' },
  },
};
