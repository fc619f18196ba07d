import { randomUUID } from 'node:crypto';

import {
  type ConversationId,
  type DeviceId,
  failed,
  type MarkedReadAnswer,
  markDelivered,
  markRead,
  READER_COUNT_MAX,
  type Timestamp,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import type { z } from 'zod';

import type { PersonSettings } from '../queries/person-settings.ts';
import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from '../transport/edge-error.ts';
import type { Acting } from './acting.ts';
import type { CommandBus, Commanding } from './command-bus.ts';

/** At most one command per conversation and this long carries all positions of a kind that came meanwhile. */
const gatherMs = { read: 500, delivered: 1_000 } as const;
type Kind = keyof typeof gatherMs;

export type Marked = EdgeResult<z.output<typeof MarkedReadAnswer>>;

interface Place {
  readonly userId: UserId;
  readonly deviceId: DeviceId;
  readonly upToSeq: number;
  readonly at: Timestamp;
  /** Told to nobody but the person's own devices. */
  readonly isPrivate?: boolean;
}

interface Waiting {
  place: Place;
  readonly acting: Acting;
  readonly answers: ((result: Marked) => void)[];
}

interface Gathering {
  readonly people: Map<UserId, Waiting>;
  timer: NodeJS.Timeout | undefined;
}

/** What was decided for one person. */
interface Decided {
  readonly userId: UserId;
  readonly result: string;
}

/**
 * Gathers read and delivered positions: the first of a quiet conversation goes at once, those that follow within
 * half a second, or a second, go together. Five hundred people who read one message are one event, not five hundred.
 */
export class PositionGatherer {
  readonly #bus: CommandBus;
  readonly #settings: Pick<PersonSettings, 'isPrivateReader'>;
  readonly #gatherings: { readonly [K in Kind]: Map<ConversationId, Gathering> } = {
    read: new Map(),
    delivered: new Map(),
  };

  constructor(bus: CommandBus, settings: Pick<PersonSettings, 'isPrivateReader'>) {
    this.#bus = bus;
    this.#settings = settings;
  }

  /** Resolves when the position is stored. */
  async markRead(conversationId: ConversationId, upToSeq: number, acting: Acting): Promise<Marked> {
    const overtaken = this.#takeOvertakenDelivery(conversationId, upToSeq, acting);
    const result = await this.#gather('read', conversationId, { upToSeq, acting });
    if (overtaken !== undefined) void this.#answerOvertaken(overtaken, conversationId, result);
    return result;
  }

  /** Resolves when the position is stored. */
  async markDelivered(conversationId: ConversationId, upToSeq: number, acting: Acting): Promise<Marked> {
    return this.#gather('delivered', conversationId, { upToSeq, acting });
  }

  /** What is read was delivered: a delivery that still waits needs no event of its own, and is answered as the read. */
  #takeOvertakenDelivery(
    conversationId: ConversationId,
    upToSeq: number,
    { identity: { userId } }: Acting,
  ): Waiting | undefined {
    const people = this.#gatherings.delivered.get(conversationId)?.people;
    const waiting = people?.get(userId);
    if (waiting === undefined || waiting.place.upToSeq > upToSeq) return undefined;
    people?.delete(userId);
    return waiting;
  }

  /** Where the read was not stored, the delivery still has to be. */
  async #answerOvertaken(
    { place: { upToSeq }, acting, answers }: Waiting,
    conversationId: ConversationId,
    read: Marked,
  ): Promise<void> {
    const result = read.ok ? read : await this.#gather('delivered', conversationId, { upToSeq, acting });
    for (const resolve of answers) resolve(result);
  }

  #gather(
    kind: Kind,
    conversationId: ConversationId,
    { upToSeq, acting }: { readonly upToSeq: number; readonly acting: Acting },
  ): Promise<Marked> {
    const { userId, deviceId } = acting.identity;
    const place = { userId, deviceId, upToSeq, at: timestampOf(Date.now()) };
    const known = this.#gatherings[kind].get(conversationId);
    return new Promise((resolve) => {
      const gathering: Gathering = known ?? { people: new Map(), timer: undefined };
      add(gathering, place, { acting, resolve });
      if (known === undefined) this.#gatherings[kind].set(conversationId, gathering);
      if (known === undefined || gathering.people.size >= READER_COUNT_MAX) {
        void this.#send(kind, conversationId, gathering);
      }
    });
  }

  async #send(kind: Kind, conversationId: ConversationId, gathering: Gathering): Promise<void> {
    clearTimeout(gathering.timer);
    const gathered = [...gathering.people.values()];
    gathering.people.clear();
    if (gathered.length === 0) {
      this.#gatherings[kind].delete(conversationId);
      return;
    }
    gathering.timer = setTimeout(() => void this.#send(kind, conversationId, gathering), gatherMs[kind]);
    const waiting = kind === 'read' ? await this.#withPrivacy(gathered) : gathered;
    const [first] = waiting;
    if (first === undefined) return;
    const commanding = {
      identity: first.acting.identity,
      commandId: `${kind}:${randomUUID()}`,
      correlationId: first.acting.correlationId,
    };
    const places = waiting.map(({ place }) => place);
    const decided = await this.#decide(kind, { conversationId, places }, commanding);
    for (const { place, answers } of waiting) {
      const answer = answerOf(decided, conversationId, place);
      for (const resolve of answers) resolve(answer);
    }
    for (const { place, acting } of waiting) {
      // That it has come to them is no secret: the read that would have said so is kept from the others.
      if (place.isPrivate === true) void this.markDelivered(conversationId, place.upToSeq, acting);
    }
  }

  /** As people have chosen at the moment of telling. Of whom that is not known nothing is told. */
  async #withPrivacy(waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const found = await Promise.all(
      waiting.map(async (one) => {
        const { place, acting, answers } = one;
        const isPrivate = await this.#settings.isPrivateReader(place.userId, acting.correlationId);
        if (isPrivate !== undefined) return isPrivate ? { ...one, place: { ...place, isPrivate } } : one;
        const refusal = edgeResultOf(failed('unavailable')) as Marked;
        for (const resolve of answers) resolve(refusal);
        return undefined;
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  async #decide(
    kind: Kind,
    {
      conversationId,
      places,
    }: { readonly conversationId: ConversationId; readonly places: readonly Place[] },
    commanding: Commanding,
  ): Promise<EdgeResult<readonly Decided[]>> {
    const target = { service: 'message', aggregateId: conversationId } as const;
    if (kind === 'read') {
      const readers = places.map(({ at, isPrivate, ...place }) => ({
        ...place,
        readAt: at,
        ...(isPrivate ? { private: true } : {}),
      }));
      const data = { conversationId, readers };
      const result = edgeResultOf(await this.#bus.send(markRead, { ...target, data }, commanding));
      return result.ok ? edgeOk(result.data.readers, result.position) : result;
    }
    const receivers = places.map(({ userId, deviceId, upToSeq, at }) => ({
      userId,
      deviceId,
      upToSeq,
      deliveredAt: at,
    }));
    const data = { conversationId, receivers };
    const result = edgeResultOf(await this.#bus.send(markDelivered, { ...target, data }, commanding));
    return result.ok ? edgeOk(result.data.receivers, result.position) : result;
  }
}

function add(
  gathering: Gathering,
  place: Place,
  { acting, resolve }: { readonly acting: Acting; readonly resolve: (result: Marked) => void },
): void {
  const known = gathering.people.get(place.userId);
  if (known === undefined) {
    gathering.people.set(place.userId, { place, acting, answers: [resolve] });
    return;
  }
  if (place.upToSeq > known.place.upToSeq) known.place = place;
  known.answers.push(resolve);
}

function answerOf(
  decided: EdgeResult<readonly Decided[]>,
  conversationId: ConversationId,
  { userId, upToSeq }: Place,
): Marked {
  if (!decided.ok) return decided;
  const result = decided.data.find((one) => one.userId === userId)?.result;
  if (result === 'beyond-the-head') {
    return edgeError('VALIDATION_FAILED', 'There is no such message yet.', {
      details: { reason: 'beyond-the-head' },
    });
  }
  if (result === undefined || result === 'not-a-member') {
    return edgeError('NOT_FOUND', 'There is no such conversation.');
  }
  const { position } = decided;
  return edgeOk({ conversationId, upToSeq, ...(position === undefined ? {} : { position }) }, position);
}
