import {
  type CommandOf,
  type ConversationId,
  ok,
  type Outcome,
  type OwnViewCommandContract,
  type OwnViewEvent,
  refused,
} from '@parley/contracts';
import { type EventStore, formatPosition, type Loaded, recordEvents } from '@parley/event-sourcing';

import type { Conversation } from '../domain/conversation.ts';
import { decideOwnView } from '../domain/own-view.ts';
import { type Delivered, EARLIER_TRY_MS_MAX } from './conversation-commands.ts';

/** How far before a command's own time its event is looked for: servers' clocks differ. */
const CLOCK_SLACK_MS = 2_000;

export type OwnViewCommand = CommandOf<OwnViewCommandContract>;

export interface OwnViewPorts {
  readonly userLog: Pick<EventStore<OwnViewEvent>, 'appendUnnumbered' | 'readLane'>;
  readonly conversationLog: Pick<EventStore<never>, 'lanePosition'>;
  readonly atTail: (conversationId: ConversationId) => Promise<Loaded<Conversation>>;
}

/** How people keep their conversations: who is in one is asked of its log, what they keep is written into theirs. */
export class OwnViewCommands {
  readonly #ports: OwnViewPorts;

  constructor(ports: OwnViewPorts) {
    this.#ports = ports;
  }

  async handle(command: OwnViewCommand, { redeliveredFrom }: Delivered): Promise<Outcome> {
    const { conversationId } = command.data;
    const earlier = redeliveredFrom && (await this.#findOwn(command, redeliveredFrom));
    if (earlier !== undefined) return ok({ conversationId }, formatPosition('user', earlier));

    const { state, seq, position: tail } = await this.#ports.atTail(conversationId);
    const decision = decideOwnView(
      {
        membership: state.membership,
        headSeq: seq,
        // Who sends something has read as well, so what was sent before the mark must not end it either.
        readsPosition: Math.max(tail, await this.#readsPosition(command)),
      },
      command,
    );
    if (!decision.accepted) {
      // Whoever has gone since is told what became of what they did while they were there.
      const done = await this.#findOwn(command, new Date(Date.now() - EARLIER_TRY_MS_MAX));
      if (done !== undefined) return ok({ conversationId }, formatPosition('user', done));
      return refused(decision.code, decision.details);
    }

    const { actorId, commandId } = command.meta;
    let position = 0;
    for (const event of recordEvents(decision.events, command.meta, { aggregateId: actorId })) {
      position = await this.#ports.userLog.appendUnnumbered(event, `${actorId}:${commandId}`);
    }
    return ok({ conversationId }, formatPosition('user', position));
  }

  async #readsPosition({ type, data }: OwnViewCommand): Promise<number> {
    const isMark = type === 'conversation.change-preferences' && data.markedUnread === true;
    return isMark ? this.#ports.conversationLog.lanePosition(data.conversationId, 'r.pos') : 0;
  }

  /** What an earlier delivery has written: said again, it would undo what was changed since. */
  async #findOwn({ meta }: OwnViewCommand, redeliveredFrom: Date): Promise<number | undefined> {
    const since = new Date(redeliveredFrom.getTime() - CLOCK_SLACK_MS);
    const range = { since, upTo: Number.MAX_SAFE_INTEGER };
    const events = await this.#ports.userLog.readLane(meta.actorId, 'v.conv', range);
    return events.find(({ causationId }) => causationId === meta.commandId)?.position;
  }
}
