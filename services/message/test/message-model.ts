import { deepStrictEqual } from 'node:assert/strict';

import {
  type ClientMessageId,
  type CommandOf,
  type ConversationEvent,
  type ConversationId,
  type MessageEvent,
  type MessageId,
  newId,
  REACTION_EMOJI_COUNT_MAX,
  type RecordedEvent,
  type Role,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { foldEvents, runDecision } from '@parley/event-sourcing';
import type * as fc from 'fast-check';

import type { DecidedCommandContract } from '../src/domain/decided-commands.ts';
import { fingerprint } from '../src/domain/fingerprint.ts';
import { type KnownMessage, knownMessage } from '../src/domain/known-message.ts';
import { type MessageState, messageStateSince } from '../src/domain/message-state.ts';
import { message } from '../src/domain/message.decider.ts';

export const hanoi: ConversationId = newId('cnv');
export const people = Array.from({ length: 5 }, () => newId<UserId>('usr'));
export const emojis = Array.from({ length: REACTION_EMOJI_COUNT_MAX + 2 }, (_, index) => `emoji-${index}`);
export const roles: readonly Role[] = ['owner', 'admin', 'moderator', 'member'];
export const ranks: Readonly<Record<Role, number>> = { owner: 3, admin: 2, moderator: 1, member: 0 };
export const startMs = Date.parse('2026-11-21T08:00:00.000Z');

export interface Said {
  readonly messageId: MessageId;
  readonly clientMessageId: ClientMessageId;
  readonly seq: number;
  readonly senderId: UserId;
  readonly sentAtMs: number;
  readonly firstText: string;
  text: string;
  isDeleted: boolean;
  isPinned: boolean;
  readonly reactions: Map<string, Set<UserId>>;
}

/** What people would say of the conversation: who is in it, and what stands there. */
export interface Model {
  nowMs: number;
  readonly members: Map<UserId, Role>;
  readonly said: Said[];
}

type Event = RecordedEvent<ConversationEvent | MessageEvent>;
export type Fact = ConversationEvent | MessageEvent;

/** The decider over a log of its own, and a read model that is as far as the log. */
export class Conversation {
  readonly log: Event[] = [];
  state: MessageState = messageStateSince(Number.NEGATIVE_INFINITY);

  append(fact: Fact, actorId: UserId, atMs: number): void {
    const position = this.log.length + 1;
    const event: Event = {
      ...fact,
      id: `evt_${position}`,
      v: 1,
      tenant: 'main' as Tenant,
      aggregateId: hanoi,
      seq: position,
      actorId,
      at: timestampOf(atMs),
      causationId: `command-${position}`,
      correlationId: 'model',
      position,
    };
    this.log.push(event);
    this.state = foldEvents(message, [event], this.state);
  }

  /** A restart: of the messages only the last few events are read again. */
  forget(keptCount: number): void {
    const messages = this.log.filter(({ type }) => type.startsWith('message.'));
    const kept = new Set(messages.slice(messages.length - keptCount));
    const read = this.log.filter((event) => kept.has(event) || !event.type.startsWith('message.'));
    const since = Date.parse(this.log.at(-1)?.at ?? '') + 1;
    this.state = foldEvents(message, read, messageStateSince(since));
  }
}

export class Step implements fc.Command<Model, Conversation> {
  readonly #name: string;
  readonly #act: (model: Model, real: Conversation) => void;

  constructor(name: string, act: (model: Model, real: Conversation) => void) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Conversation): void {
    model.nowMs += 1_000;
    this.#act(model, real);
    // What the fold knows of a message, whatever it has forgotten of others, is what stands there.
    for (const said of model.said) {
      const known = knownMessage(real.state, { messageId: said.messageId, actorId: an });
      if (known !== undefined) {
        deepStrictEqual(essence(known), essence(factsOf(said, { actorId: an, real })));
      }
    }
  }

  toString(): string {
    return this.#name;
  }
}

export const [an = newId<UserId>('usr')] = people;

function essence({ reactions, isPinned, deleted, seq, fingerprint: print }: KnownMessage) {
  const sorted = reactions.toSorted((one, other) => one.emoji.localeCompare(other.emoji));
  return { reactions: sorted, isPinned, isDeleted: deleted !== null, seq, fingerprint: print };
}

export function factsOf(
  said: Said,
  { actorId, real }: { readonly actorId: UserId; readonly real: Conversation },
): KnownMessage {
  const content = { type: 'text' as const, text: said.text };
  return {
    messageId: said.messageId,
    seq: said.seq,
    senderId: said.senderId,
    sentAt: timestampOf(said.sentAtMs),
    type: 'text',
    content: said.isDeleted ? null : content,
    deleted: said.isDeleted ? { at: timestampOf(said.sentAtMs), by: actorId } : null,
    isPinned: said.isPinned,
    reactions: [...said.reactions].map(([emoji, who]) => {
      return { emoji, count: who.size, own: who.has(actorId) };
    }),
    fingerprint: said.isDeleted ? null : fingerprint(content),
    position: real.log.length,
  };
}

/** Asks the decider, looking up first what its fold does not know, as the command room does. */
export function decide(
  real: Conversation,
  { type, data, said, actorId, nowMs }: Asked,
): { readonly code: string | undefined; readonly facts: readonly Fact[] } {
  const isKnown = said && knownMessage(real.state, { messageId: said.messageId, actorId });
  const found = said && !isKnown ? { found: factsOf(said, { actorId, real }) } : {};
  const command = {
    type,
    data: { conversationId: hanoi, ...data, ...found },
    meta: {
      commandId: 'command',
      tenant: 'main' as Tenant,
      actorId,
      at: timestampOf(nowMs),
      correlationId: 'model',
    },
  } as CommandOf<DecidedCommandContract>;
  const decision = runDecision(message, real.state, command);
  if (!decision.accepted) return { code: decision.code, facts: [] };
  for (const fact of decision.events) real.append(fact, actorId, nowMs);
  return { code: undefined, facts: decision.events };
}

export interface Asked {
  readonly type: DecidedCommandContract['type'];
  readonly data: object;
  readonly said?: Said | undefined;
  readonly actorId: UserId;
  readonly nowMs: number;
}
