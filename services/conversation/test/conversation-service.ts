import { deepStrictEqual } from 'node:assert/strict';

import {
  type ConversationEvent,
  type ConversationId,
  newId,
  type Outcome,
  type RecordedEvent,
  type UserId,
  ok,
} from '@parley/contracts';
import { InMemoryEventStore } from '@parley/event-sourcing';

import { type ConversationCommand, ConversationCommands } from '../src/commands/conversation-commands.ts';
import { decodeConversation, encodeConversation } from '../src/domain/conversation-snapshot.ts';

export const hanoi: ConversationId = newId('cnv');
export const people = Array.from({ length: 6 }, () => newId<UserId>('usr'));
/** Of whom nobody has heard. */
export const nobody = newId<UserId>('usr');
export const [an = nobody, binh = nobody] = people;

/** Who takes nothing from whom: An's groups begin without Bình. */
export const blockers: ReadonlyMap<UserId, UserId> = new Map([[binh, an]]);

/** The conversation's commands over a log in memory. */
export class Service {
  readonly store = new InMemoryEventStore<ConversationEvent>();
  #commands = this.#started();

  handle(command: ConversationCommand, redeliveredFrom?: Date): Promise<Outcome> {
    return this.#commands.handle(command, { redeliveredFrom });
  }

  async state() {
    return (await this.#commands.atTail(hanoi)).state;
  }

  async eventCount(): Promise<number> {
    return (await this.store.tail(hanoi)).position;
  }

  log(): Promise<readonly RecordedEvent<ConversationEvent>[]> {
    return this.store.readLane(hanoi, 'c', { upTo: Number.MAX_SAFE_INTEGER });
  }

  /** Everything that was in memory is gone, and read from the log again. */
  async restarts(): Promise<void> {
    const before = await this.state();
    this.#commands = this.#started();
    const after = await this.state();
    deepStrictEqual(after, before);
    deepStrictEqual(decodeConversation(JSON.parse(JSON.stringify(encodeConversation(after)))), after);
    const seqs = (await this.log()).map(({ seq }) => seq);
    deepStrictEqual(
      seqs,
      seqs.map((_, index) => index + 1),
    );
  }

  #started(): ConversationCommands {
    const snapshots = { load: async () => undefined, save: async () => undefined };
    return new ConversationCommands(this.store, snapshots, {
      findUnknown: async (userIds) => userIds.filter((userId) => userId === nobody),
      findRefusing: async (userIds, refused) => userIds.filter((userId) => blockers.get(userId) === refused),
      checkPicture: async () => ok({}),
    });
  }
}
