import { PAGE_SIZE_MAX } from '@parley/contracts';

import { act } from './act.ts';
import type { Api, AnswerOfRoute } from './api.ts';

export type BlockedPerson = AnswerOfRoute<'listBlocks'>['data'][number];

/**
 * Whom a person takes no direct messages from. In groups nothing is forbidden: who shows a group leaves out what
 * these people say in it.
 */
export class Blocks {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async block(userId: string): Promise<void> {
    await act((idempotencyKey) => this.#api.call('blockPerson', { params: { userId }, idempotencyKey }));
  }

  async unblock(userId: string): Promise<void> {
    await act((idempotencyKey) => this.#api.call('unblockPerson', { params: { userId }, idempotencyKey }));
  }

  /** All of them, the last one first. */
  async list(): Promise<readonly BlockedPerson[]> {
    const blocked: BlockedPerson[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE_SIZE_MAX, ...(cursor === undefined ? {} : { cursor }) };
      const { data, page } = await this.#api.call('listBlocks', { query });
      blocked.push(...data);
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined);
    return blocked;
  }
}
