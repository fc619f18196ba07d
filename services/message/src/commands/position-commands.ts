import {
  type CommandMeta,
  type CommandOf,
  type ConversationId,
  type markDelivered,
  type markRead,
  type Membership,
  ok,
  type Outcome,
  type PositionEvent,
  refused,
  type UserId,
} from '@parley/contracts';
import { type EventStore, formatPosition, recordEvents } from '@parley/event-sourcing';

import { type Decided, decidePositions, type Standing } from '../domain/positions.ts';

interface Place {
  readonly userId: UserId;
  readonly upToSeq: number;
}

/** Who is in a conversation, and how far it has come, at the tail of its log. */
export type AtTail = (
  conversationId: ConversationId,
) => Promise<{ readonly membership: Membership; readonly headSeq: number }>;

/** How far people have read, and how far their messages have come: many people's positions in one event. */
export class PositionCommands {
  readonly #store: EventStore<PositionEvent>;
  readonly #atTail: AtTail;

  constructor(store: EventStore<PositionEvent>, atTail: AtTail) {
    this.#store = store;
    this.#atTail = atTail;
  }

  /** A repeat or an older position changes nothing for readers. */
  async markRead({ data, meta }: CommandOf<typeof markRead>): Promise<Outcome> {
    const { conversationId, readers } = data;
    const decided = await this.#decide(conversationId, readers);
    const answer = { readers: resultsOf(decided, 'read') };
    return this.#record(decided, answer, {
      meta,
      fact: {
        type: 'message.positions-advanced',
        data: { conversationId, positions: [...decided.positions] },
      },
    });
  }

  async markDelivered({ data, meta }: CommandOf<typeof markDelivered>): Promise<Outcome> {
    const { conversationId, receivers } = data;
    const decided = await this.#decide(conversationId, receivers);
    const answer = { receivers: resultsOf(decided, 'delivered') };
    return this.#record(decided, answer, {
      meta,
      fact: {
        type: 'message.deliveries-advanced',
        data: { conversationId, positions: [...decided.positions] },
      },
    });
  }

  /** At the tail: nothing expects a position here, so a cached state would let somebody read who has gone since. */
  async #decide<Position extends Place>(
    conversationId: ConversationId,
    places: readonly Position[],
  ): Promise<Decided<Position>> {
    return decidePositions(await this.#atTail(conversationId), places);
  }

  async #record(
    { results, positions }: Decided<Place>,
    answer: unknown,
    { fact, meta }: { readonly fact: PositionEvent; readonly meta: CommandMeta },
  ): Promise<Outcome> {
    const isStrange = results.every(({ standing }) => standing === 'not-a-member');
    if (isStrange) return refused('conversation-not-found');
    if (positions.length === 0) return ok(answer);

    const { conversationId } = fact.data;
    const [event] = recordEvents([fact], meta, { aggregateId: conversationId });
    if (event === undefined) throw new Error('one fact makes one event');
    const position = await this.#store.appendUnnumbered(event, `${conversationId}:${meta.commandId}`);
    return ok(answer, formatPosition('conv', position));
  }
}

/** As the contract says it, where `done` is the word for what was asked for. */
function resultsOf<const Done extends string>({ results }: Decided<Place>, done: Done) {
  return results.map(({ userId, standing }) => ({ userId, result: wordOf(standing, done) }));
}

function wordOf<const Done extends string>(standing: Standing, done: Done) {
  return standing === 'stands' ? done : standing;
}
