import { createHash, createHmac, randomBytes } from 'node:crypto';

import {
  type ConversationId,
  createInvite,
  findInvite,
  type InvitedView,
  type InviteTerms,
  join,
} from '@parley/contracts';
import { deriveInviteId } from '@parley/service-kit';
import type { z } from 'zod';

import type { Asking, QueryBus } from '../queries/query-bus.ts';
import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { GuessLimit } from '../transport/guess-limit.ts';
import type { Acting } from './acting.ts';
import type { ConversationCommands, StoredConversation } from './conversation-commands.ts';

const CODE_BYTES = 20;

/** What somebody says who has a code, and from where. */
export interface Guess {
  readonly code: string;
  readonly acting: Acting;
  readonly asking: Asking;
  readonly address: string;
}

/** Makes the codes that let people into groups, and takes them. Behind the edge only their hashes are known. */
export class InviteCommands {
  readonly #conversations: ConversationCommands;
  readonly #queries: QueryBus;
  readonly #guesses: GuessLimit;
  readonly #codeKey: Buffer;

  constructor(parts: {
    readonly conversations: ConversationCommands;
    readonly queries: QueryBus;
    readonly guesses: GuessLimit;
    readonly codeKey: Buffer;
  }) {
    this.#conversations = parts.conversations;
    this.#queries = parts.queries;
    this.#guesses = parts.guesses;
    this.#codeKey = parts.codeKey;
  }

  async create(conversationId: ConversationId, terms: z.output<typeof InviteTerms>, acting: Acting) {
    const { userId } = acting.identity;
    // A retry under the same key has to find the same code, and nothing may keep it: so it follows from the key.
    const key = acting.idempotencyKey ?? randomBytes(CODE_BYTES).toString('hex');
    const code = createHmac('sha256', this.#codeKey)
      .update(JSON.stringify([conversationId, userId, key]))
      .digest()
      .subarray(0, CODE_BYTES)
      .toString('base64url');
    const inviteId = deriveInviteId(conversationId, userId, key);
    const data = { ...terms, conversationId, inviteId, codeHash: hashOf(code) };
    const created = await this.#conversations.act(createInvite, data, acting);
    if (!created.ok) return created;
    const { expiresAt = null, useCountMax = null } = terms;
    return edgeOk({ inviteId, code, expiresAt, useCountMax }, created.position);
  }

  /** Which group a code lets into. Wrong ones are counted, right ones cost nothing. */
  async find({ code, acting, asking, address }: Guess): Promise<EdgeResult<InvitedView>> {
    const { userId } = acting.identity;
    const retryAfterMs = await this.#guesses.take(userId, address);
    if (retryAfterMs > 0) return edgeError('RATE_LIMITED', 'Too many tries.', { retryAfterMs });
    const found = edgeResultOf(
      await this.#queries.ask(findInvite, { userId, codeHash: hashOf(code) }, asking),
    );
    if (found.ok || found.error.code !== 'NOT_FOUND') await this.#guesses.giveBack(userId, address);
    return found;
  }

  async accept(guess: Guess): Promise<EdgeResult<StoredConversation>> {
    const found = await this.find(guess);
    if (!found.ok) return found;
    const { conversationId, inviteId } = found.data;
    const invite = { inviteId, codeHash: hashOf(guess.code) };
    return this.#conversations.act(join, { conversationId, invite }, guess.acting);
  }
}

/** The code is as random as a key, so a plain hash of it tells nothing. */
function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
