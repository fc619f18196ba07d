import { PAGE_SIZE_MAX, type Role } from '@parley/contracts';

import { act, actOnce } from './act.ts';
import { isGone } from './api-error.ts';
import type { AnswerOfRoute, Api, CallOf } from './api.ts';

export type Invite = AnswerOfRoute<'listInvites'>['data'][number];

/** What is done to a group, by whoever may. Everybody in it hears of it live; however often it is tried, it happens once. */
export class Group {
  readonly #api: Api;
  readonly #params: { readonly id: string };

  constructor(api: Api, conversationId: string) {
    this.#api = api;
    this.#params = { id: conversationId };
  }

  /** Who is in already stays in. */
  async addMembers(userIds: readonly string[]): Promise<void> {
    const body = { userIds: [...userIds] };
    await act((idempotencyKey) =>
      this.#api.call('addMembers', { params: this.#params, body, idempotencyKey }),
    );
  }

  removeMember(userId: string): Promise<void> {
    const params = { ...this.#params, userId };
    return actOnce((idempotencyKey) => this.#api.call('removeMember', { params, idempotencyKey }), isGone);
  }

  leave(): Promise<void> {
    const params = this.#params;
    return actOnce((idempotencyKey) => this.#api.call('leave', { params, idempotencyKey }), isGone);
  }

  async changeRole(userId: string, role: Role): Promise<void> {
    const params = { ...this.#params, userId };
    await act((idempotencyKey) => this.#api.call('changeRole', { params, body: { role }, idempotencyKey }));
  }

  /** Makes somebody else the owner; the one who hands over stays as an admin. */
  async handOver(userId: string): Promise<void> {
    const params = this.#params;
    await act((idempotencyKey) =>
      this.#api.call('transferOwnership', { params, body: { userId }, idempotencyKey }),
    );
  }

  /** Changes its name, description, picture or settings; what is left out stays. */
  async update(change: NonNullable<CallOf<'updateConversation'>['body']>): Promise<void> {
    const params = this.#params;
    await act((idempotencyKey) =>
      this.#api.call('updateConversation', { params, body: change, idempotencyKey }),
    );
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
    const params = { ...this.#params, inviteId };
    await act((idempotencyKey) => this.#api.call('revokeInvite', { params, idempotencyKey }));
  }

  /** Ends it for everybody. */
  async dissolve(): Promise<void> {
    const params = this.#params;
    await act((idempotencyKey) => this.#api.call('dissolve', { params, idempotencyKey }));
  }
}
