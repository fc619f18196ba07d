import { PAGE_SIZE_MAX, type Role } from '@parley/contracts';

import { act } from './act.ts';
import type { AnswerOfRoute, Api, CallOf } from './api.ts';

export type Invite = AnswerOfRoute<'listInvites'>['data'][number];

/** What a group's admins and owners do to it. Everybody in it hears of it live. */
export class Group {
  readonly #api: Api;
  readonly #params: { readonly id: string };

  constructor(api: Api, conversationId: string) {
    this.#api = api;
    this.#params = { id: conversationId };
  }

  /** Changes its name, description, picture or settings; what is left out stays. */
  async update(change: NonNullable<CallOf<'updateConversation'>['body']>): Promise<void> {
    await this.#api.call('updateConversation', { params: this.#params, body: change });
  }

  async changeRole(userId: string, role: Role): Promise<void> {
    await this.#api.call('changeRole', { params: { ...this.#params, userId }, body: { role } });
  }

  /** Makes somebody else the owner; the one who hands over stays as an admin. */
  async handOver(userId: string): Promise<void> {
    await this.#api.call('transferOwnership', { params: this.#params, body: { userId } });
  }

  /** A way in for whoever has the code, which is told this once. */
  async createInvite(
    terms: NonNullable<CallOf<'createInvite'>['body']> = {},
  ): Promise<AnswerOfRoute<'createInvite'>> {
    return act((idempotencyKey) =>
      this.#api.call('createInvite', { params: this.#params, body: terms, idempotencyKey }),
    );
  }

  /** The last one first: all of them for who moderates, the own ones for others. */
  async invites(): Promise<readonly Invite[]> {
    const invites: Invite[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: PAGE_SIZE_MAX, ...(cursor === undefined ? {} : { cursor }) };
      const { data, page } = await this.#api.call('listInvites', { params: this.#params, query });
      invites.push(...data);
      cursor = page.hasMore ? (page.nextCursor ?? undefined) : undefined;
    } while (cursor !== undefined);
    return invites;
  }

  async revokeInvite(inviteId: string): Promise<void> {
    await this.#api.call('revokeInvite', { params: { ...this.#params, inviteId } });
  }

  /** Ends it for everybody. */
  async dissolve(): Promise<void> {
    await this.#api.call('dissolve', { params: this.#params });
  }
}
