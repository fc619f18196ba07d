import { ConversationId, type UserId } from '@parley/contracts';
import { z } from 'zod';

import { CursorSigner } from './cursor.ts';

/** A token of another version says nothing here. */
const VERSION = 1;

/** Positions in the two streams that say everything about a person's conversations. */
export interface Reach {
  readonly conv: number;
  readonly user: number;
}

export const syncStages = ['ended', 'messages', 'touched', 'positions', 'hidden'] as const;
export type SyncStageName = (typeof syncStages)[number];

/** Where a synchronisation goes on within its stage: from a conversation, and from a number or a position. */
export interface SyncStage {
  readonly name: SyncStageName;
  readonly conversationId?: ConversationId | undefined;
  readonly number?: number | undefined;
}

/**
 * What a token stands for: how far its device has come and, in the middle of a synchronisation, up to where that is to
 * lead and which part of it comes next. Positions over all conversations, so it has one size for everybody; they are
 * good for the streams that were created when the epochs say, and no others.
 */
export interface SyncPlace {
  readonly epochs: { readonly conv: string; readonly user: string };
  readonly from: Reach;
  readonly next?: { readonly to: Reach; readonly stage: SyncStage } | undefined;
}

const Whole = z.int().min(0);
const Inside = z.tuple([
  z.literal(VERSION),
  z.string(),
  z.tuple([z.string(), z.string()]),
  z.tuple([Whole, Whole]),
  z.tuple([Whole, Whole]).nullable(),
  z.enum(syncStages).nullable(),
  ConversationId.nullable(),
  Whole.nullable(),
]);

/** Makes and opens tokens: each is good for one person, and only as a gateway has given it out. */
export class SyncTokens {
  readonly #signer: CursorSigner;

  constructor(key: Buffer) {
    this.#signer = new CursorSigner(key);
  }

  sign(userId: UserId, { epochs, from, next }: SyncPlace): string {
    const inside: z.input<typeof Inside> = [
      VERSION,
      userId,
      [epochs.conv, epochs.user],
      [from.conv, from.user],
      next ? [next.to.conv, next.to.user] : null,
      next?.stage.name ?? null,
      next?.stage.conversationId ?? null,
      next?.stage.number ?? null,
    ];
    return this.#signer.sign(JSON.stringify(inside));
  }

  /** Undefined where it is not one of ours, not whole, of another version, or another person's. */
  open(token: string, userId: UserId): SyncPlace | undefined {
    // The decoder passes over what it does not know, and one place has one spelling.
    if (Buffer.from(token, 'base64url').toString('base64url') !== token) return undefined;
    const text = this.#signer.open(token);
    const inside = Inside.safeParse(text === undefined ? undefined : JSON.parse(text));
    if (!inside.success) return undefined;
    const [, owner, [conv, user], from, to, name, conversationId, number] = inside.data;
    if (owner !== userId) return undefined;
    const next =
      to === null || name === null
        ? undefined
        : {
            to: { conv: to[0], user: to[1] },
            stage: { name, conversationId: conversationId ?? undefined, number: number ?? undefined },
          };
    return { epochs: { conv, user }, from: { conv: from[0], user: from[1] }, next };
  }
}
