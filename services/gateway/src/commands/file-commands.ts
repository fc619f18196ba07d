import { type AnswerOf, type FileDescription, newId, registerFile, type Tenant } from '@parley/contracts';
import { deriveFileId } from '@parley/service-kit';

import type { QueryBus } from '../queries/query-bus.ts';
import { type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';

/** What a person may do with files, before their bytes come. */
export class FileCommands {
  readonly #queries: QueryBus;
  readonly #tenant: Tenant;

  constructor(queries: QueryBus, tenant: Tenant) {
    this.#queries = queries;
    this.#tenant = tenant;
  }

  /** The id follows from the key, so that a retry finds the file that the first try registered. */
  async register(
    file: FileDescription,
    { identity: { userId }, correlationId, idempotencyKey: key }: Acting,
  ): Promise<EdgeResult<AnswerOf<typeof registerFile>>> {
    const fileId = key === undefined ? newId('fil') : deriveFileId(this.#tenant, userId, key);
    const asking = { actorId: userId, correlationId };
    return edgeResultOf(await this.#queries.act(registerFile, { ...file, fileId }, asking));
  }
}
