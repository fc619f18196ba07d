import { failed, type HiddenEvent, ok, type Outcome, refused } from '@parley/contracts';
import { type EventStore, formatPosition, recordEvents } from '@parley/event-sourcing';

import type { KnownMessage } from '../domain/known-message.ts';
import type { Hide, LookedUp } from './look-ups.ts';

/** Messages that people delete for themselves: said to their own logs, once they may see the message at all. */
export class HideCommands {
  readonly #userLog: EventStore<HiddenEvent>;
  readonly #shownTo: (command: Hide) => LookedUp<KnownMessage>;

  constructor(userLog: EventStore<HiddenEvent>, shownTo: (command: Hide) => LookedUp<KnownMessage>) {
    this.#userLog = userLog;
    this.#shownTo = shownTo;
  }

  async hide(command: Hide): Promise<Outcome> {
    const { data, meta } = command;
    const shown = await this.#shownTo(command);
    if (shown === 'unavailable') return failed(shown);
    if (shown.found === undefined) return refused('message-not-found');
    if (shown.found.type === 'system') return refused('system-message');

    const { conversationId, messageId } = data;
    const place = { conversationId, messageId, messageSeq: shown.found.seq };
    const facts: HiddenEvent[] = [{ type: 'message.hidden', data: place }];
    const [event] = recordEvents(facts, meta, { aggregateId: meta.actorId });
    if (event === undefined) throw new Error('one fact makes one event');
    // Hidden is hidden, so a second time is the first one again.
    const position = await this.#userLog.appendUnnumbered(event, `${meta.actorId}:hidden:${messageId}`);
    return ok({ ...place, at: event.at }, formatPosition('user', position));
  }
}
