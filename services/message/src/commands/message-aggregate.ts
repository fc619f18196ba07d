import type { ConversationEvent, MessageEvent, PositionEvent } from '@parley/contracts';
import type { AggregateDefinition, EventStore } from '@parley/event-sourcing';

import type { DecidedCommandContract } from '../domain/decided-commands.ts';
import { type MessageState, messageStateSince } from '../domain/message-state.ts';
import { positionOfChange } from '../domain/recent-changes.ts';
import { message } from '../domain/message.decider.ts';

/** How far back the messages of a conversation are read when its state is rebuilt. */
const RECENT_WINDOW_MS = 120_000;
/** How much the clocks of the broker and the gateways may differ. */
const SERVER_CLOCK_SKEW_MS = 2_000;

export type ConversationLog = ConversationEvent | MessageEvent | PositionEvent;

export type MessageAggregate = AggregateDefinition<
  MessageState,
  DecidedCommandContract,
  MessageEvent,
  MessageEvent | ConversationEvent
>;

/** A conversation as what is said in it is decided on: its members, and the last while of its messages. */
export function messageAggregate(store: EventStore<ConversationLog>): MessageAggregate {
  return {
    decider: message,
    // Positions have a lane of their own, which this aggregate does not read.
    store: store as EventStore<MessageEvent | ConversationEvent>,
    lanes: ['c'],
    recentLane: {
      lane: 'm',
      windowMs: RECENT_WINDOW_MS,
      begin: (since) => messageStateSince(since.getTime() + SERVER_CLOCK_SKEW_MS),
    },
    // Sends are known by their ids in the fold, and answered from there.
    earlierTry: ({ changes }, commandId) => {
      const position = positionOfChange(changes, commandId);
      return position === undefined
        ? undefined
        : { lane: 'm', range: { after: position - 1, upTo: position } };
    },
  };
}
