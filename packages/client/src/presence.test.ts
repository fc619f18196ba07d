import { newId, type ServerEventName } from '@parley/contracts';
import { expect, test } from 'vitest';

import type { ConnectionState } from './connection.ts';
import { Presence, type PresenceConnection } from './presence.ts';
import { Typing, type TypingConnection } from './typing.ts';

const an = newId<string>('usr');
const binh = newId<string>('usr');
const hanoi = newId<string>('cnv');

/** The wire as the two see it: what they say, and what is said to them. */
class Wire {
  state: ConnectionState = 'connected';
  readonly said: { readonly name: string; readonly payload: unknown }[] = [];
  /** Who may be seen, and how they are. */
  visible: readonly { userId: string; status: string; lastSeenAt: string | null }[] = [];
  readonly #handlers = new Map<string, ((event: unknown) => void)[]>();
  readonly #states: ((state: ConnectionState) => void)[] = [];

  on(name: string, handler: (event: unknown) => void) {
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
    return () => undefined;
  }

  onState(handler: (state: ConnectionState) => void) {
    this.#states.push(handler);
    return () => undefined;
  }

  async request(name: string, payload: unknown) {
    this.said.push({ name, payload });
    if (name !== 'presence_subscribe') return {};
    const { userIds } = payload as { readonly userIds: readonly string[] };
    return { people: this.visible.filter(({ userId }) => userIds.includes(userId)) };
  }

  hears(name: ServerEventName, event: unknown): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(event);
  }

  becomes(state: ConnectionState): void {
    this.state = state;
    for (const handler of this.#states) handler(state);
  }

  asked(): readonly unknown[] {
    return this.said.filter(({ name }) => name === 'presence_subscribe').map(({ payload }) => payload);
  }
}

function presenceOn(wire: Wire) {
  return new Presence(wire as unknown as PresenceConnection);
}

test('those who are looked at are asked for together, and let go of when nobody looks', async () => {
  const wire = new Wire();
  wire.visible = [{ userId: an, status: 'away', lastSeenAt: '2026-11-21T12:00:00.000Z' }];
  const presence = presenceOn(wire);
  const looks = [an, binh, an].map((userId) => presence.of(userId).subscribe(() => undefined));
  await expect
    .poll(() => presence.get(an))
    .toEqual({ status: 'away', lastSeenAt: '2026-11-21T12:00:00.000Z' });
  expect(presence.get(binh).status).toBe('unknown');
  expect(wire.asked()).toEqual([{ userIds: [an, binh] }]);

  looks[0]?.();
  looks[1]?.();
  await expect.poll(() => wire.asked().at(-1)).toEqual({ userIds: [an] });
  looks[2]?.();
  looks[2]?.();
  await expect.poll(() => wire.asked().at(-1)).toEqual({ userIds: [] });
  expect(presence.get(an).status).toBe('unknown');
});

test('what is told changes who is looked at, and only with a change the snapshot', async () => {
  const wire = new Wire();
  const presence = presenceOn(wire);
  const person = presence.of(an);
  let changeCount = 0;
  person.subscribe(() => {
    changeCount += 1;
  });
  wire.hears('user_online', { userId: an });
  wire.hears('presence_changed', { people: [{ userId: an, status: 'online', lastSeenAt: null }] });
  const online = person.getSnapshot();
  expect(online).toEqual({ status: 'online', lastSeenAt: null });
  wire.hears('user_online', { userId: binh });
  expect(person.getSnapshot()).toBe(online);
  wire.hears('user_offline', { userId: an, lastSeenAt: null });
  expect(person.getSnapshot().status).toBe('offline');
  await expect.poll(() => changeCount).toBe(1);
});

test('without a connection nobody is known to be there, and with the next one they are asked for again', async () => {
  const wire = new Wire();
  wire.visible = [{ userId: an, status: 'online', lastSeenAt: null }];
  const presence = presenceOn(wire);
  presence.of(an).subscribe(() => undefined);
  presence.setAway(true);
  await expect.poll(() => presence.get(an).status).toBe('online');
  wire.becomes('waiting');
  expect(presence.get(an).status).toBe('unknown');
  wire.becomes('connected');
  await expect.poll(() => presence.get(an).status).toBe('online');
  expect(wire.asked()).toHaveLength(2);
  const away = wire.said.filter(({ name }) => name === 'presence_update').map(({ payload }) => payload);
  expect(away).toEqual([{ status: 'away' }, { status: 'away' }]);
});

test('writing is said at once, then not with every key, and anew after a message', () => {
  const wire = new Wire();
  const typing = new Typing(wire as unknown as TypingConnection).in(hanoi);
  typing.start();
  typing.start();
  typing.sent();
  typing.stop();
  typing.start();
  typing.stop();
  typing.stop();
  expect(wire.said.map(({ name }) => name)).toEqual(['typing_start', 'typing_start', 'typing_stop']);
});

test('who is writing is asked for while somebody looks, and forgotten with the connection', () => {
  const wire = new Wire();
  const all = new Typing(wire as unknown as TypingConnection);
  const stopLooking = all.in(hanoi).subscribe(() => undefined);
  wire.hears('user_typing', { conversationId: hanoi, userId: an });
  wire.hears('user_typing', { conversationId: hanoi, userId: binh });
  wire.hears('user_typing', { conversationId: hanoi, userId: an });
  expect(all.in(hanoi).getSnapshot()).toEqual([an, binh]);
  wire.hears('user_stopped_typing', { conversationId: hanoi, userId: an });
  expect(all.in(hanoi).getSnapshot()).toEqual([binh]);
  wire.becomes('waiting');
  expect(all.in(hanoi).getSnapshot()).toEqual([]);
  wire.becomes('connected');
  stopLooking();
  expect(wire.said.map(({ name }) => name)).toEqual([
    'join_conversation',
    'join_conversation',
    'leave_conversation',
  ]);
});
