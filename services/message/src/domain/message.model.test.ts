import { deepStrictEqual, strictEqual } from 'node:assert/strict';

import {
  type ClientMessageId,
  EDIT_WINDOW_MS_DEFAULT,
  type MessageId,
  newId,
  newUuidV7,
  REACTION_EMOJI_COUNT_MAX,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import * as fc from 'fast-check';
import { test } from 'vitest';

import {
  an,
  Conversation,
  decide,
  emojis,
  hanoi,
  type Model,
  people,
  ranks,
  roles,
  type Said,
  startMs,
  Step,
} from '../../test/message-model.ts';
import type { DecidedCommandContract } from './decided-commands.ts';
import { fingerprint } from './fingerprint.ts';
import { knownMessage } from './known-message.ts';

const RUN_COUNT = 1_000;
const COMMAND_COUNT_MAX = 100;

const person = fc.constantFrom(...people);
const which = fc.nat();
const emoji = fc.constantFrom(...emojis);

const sends = fc.tuple(person, fc.string({ minLength: 1, maxLength: 5 })).map(
  ([actorId, text]) =>
    new Step(`send ${text}`, (model, real) => {
      const clientMessageId = newUuidV7(model.nowMs) as ClientMessageId;
      const messageId: MessageId = newId('msg');
      const data = { messageId, clientMessageId, content: { type: 'text', text } };
      const { code } = decide(real, { type: 'message.send', data, actorId, nowMs: model.nowMs });
      strictEqual(code, model.members.has(actorId) ? undefined : 'conversation-not-found');
      if (code !== undefined) return;
      const said = {
        messageId,
        clientMessageId,
        seq: real.log.length,
        senderId: actorId,
        sentAtMs: model.nowMs,
      };
      const untouched = { isDeleted: false, isPinned: false, reactions: new Map<string, Set<UserId>>() };
      model.said.push({ ...said, firstText: text, text, ...untouched });
    }),
);

const retries = fc.tuple(which, fc.boolean()).map(
  ([of, isSame]) =>
    new Step(`retry ${isSame ? 'the same' : 'another text'}`, (model, real) => {
      const said = model.said[of % Math.max(1, model.said.length)];
      if (said === undefined) return;
      const { messageId, clientMessageId, seq, senderId: actorId, firstText, isDeleted } = said;
      const text = isSame ? firstText : `${firstText}!`;
      const print = isDeleted ? null : fingerprint({ type: 'text', text: firstText });
      const earlier = { messageId, seq, sentAt: timestampOf(said.sentAtMs), fingerprint: print };
      const isRecent = knownMessage(real.state, { messageId, actorId }) !== undefined;
      const data = {
        messageId,
        clientMessageId,
        content: { type: 'text', text },
        ...(isRecent ? {} : { earlier }),
      };
      const { code, facts } = decide(real, { type: 'message.send', data, actorId, nowMs: model.nowMs });
      deepStrictEqual(facts, []);
      // Of what is deleted nobody can tell any more what it said, unless it was a moment ago.
      const mayDiffer = isSame || (!isRecent && isDeleted);
      strictEqual(code, mayDiffer ? undefined : 'client-message-id-reused');
    }),
);

/** An act on a message that was sent, by anybody: what is expected of it, and what it changes. */
function change(
  name: DecidedCommandContract['type'],
  about: fc.Arbitrary<object>,
  rule: (
    model: Model,
    said: Said,
    act: { readonly actorId: UserId; readonly data: object },
  ) => { readonly code: string | undefined; readonly apply: (() => void) | undefined },
): fc.Arbitrary<Step> {
  return fc.tuple(person, which, about).map(
    ([actorId, of, data]) =>
      new Step(`${name} ${JSON.stringify(data)}`, (model, real) => {
        const said = model.said[of % Math.max(1, model.said.length)];
        if (said === undefined) return;
        const expected = model.members.has(actorId)
          ? rule(model, said, { actorId, data })
          : { code: 'message-not-found', apply: undefined };
        const pinnedIds = model.said.filter(({ isPinned }) => isPinned).map(({ messageId }) => messageId);
        const pinned = { messageIds: pinnedIds, position: real.log.length };
        const asked = { ...data, messageId: said.messageId, ...(name === 'message.pin' ? { pinned } : {}) };
        const { code, facts } = decide(real, { type: name, data: asked, said, actorId, nowMs: model.nowMs });
        strictEqual(code, expected.code);
        strictEqual(facts.length, expected.apply ? 1 : 0);
        expected.apply?.();
      }),
  );
}

const refused = (code: string) => ({ code, apply: undefined });
const nothing = { code: undefined, apply: undefined };

const edits = change(
  'message.edit',
  fc.record({ wording: fc.record({ text: fc.constantFrom('a', 'b', 'c') }) }),
  ({ nowMs }, said, { actorId, data }) => {
    if (said.senderId !== actorId) return refused('not-the-author');
    if (said.isDeleted) return refused('message-deleted');
    const { text } = (data as { readonly wording: { readonly text: string } }).wording;
    if (said.text === text) return nothing;
    if (nowMs - said.sentAtMs > EDIT_WINDOW_MS_DEFAULT) return refused('edit-window');
    return { code: undefined, apply: () => void (said.text = text) };
  },
);

const deletes = change('message.delete', fc.constant({}), ({ members }, said, { actorId }) => {
  const own = members.get(actorId) ?? 'member';
  const isAbove = own === 'owner' || ranks[own] > ranks[members.get(said.senderId) ?? 'member'];
  if (said.senderId !== actorId && !isAbove) return refused('role-too-low');
  if (said.isDeleted) return nothing;
  return {
    code: undefined,
    apply: () => {
      said.isDeleted = true;
      said.isPinned = false;
      said.reactions.clear();
    },
  };
});

function toggle(said: Said, one: string, actorId: UserId): void {
  const who = said.reactions.get(one) ?? new Set();
  if (!who.delete(actorId)) who.add(actorId);
  if (who.size > 0) said.reactions.set(one, who);
  else said.reactions.delete(one);
}

const reacts = change('message.react', fc.record({ emoji }), (_, said, { actorId, data }) => {
  if (said.isDeleted) return refused('message-deleted');
  const one = (data as { readonly emoji: string }).emoji;
  const isNew = !said.reactions.has(one);
  if (isNew && said.reactions.size >= REACTION_EMOJI_COUNT_MAX) return refused('too-many-reactions');
  return { code: undefined, apply: () => toggle(said, one, actorId) };
});

const unreacts = change('message.remove-reaction', fc.record({ emoji }), (_, said, { actorId, data }) => {
  if (said.isDeleted) return refused('message-deleted');
  const one = (data as { readonly emoji: string }).emoji;
  if (said.reactions.get(one)?.has(actorId) !== true) return nothing;
  return { code: undefined, apply: () => toggle(said, one, actorId) };
});

const pins = (type: 'message.pin' | 'message.unpin') =>
  change(type, fc.constant({}), ({ members }, said, { actorId }) => {
    const isPinned = type === 'message.pin';
    if (ranks[members.get(actorId) ?? 'member'] < ranks.moderator) return refused('role-too-low');
    if (isPinned && said.isDeleted) return refused('message-deleted');
    if (said.isPinned === isPinned) return nothing;
    return { code: undefined, apply: () => void (said.isPinned = isPinned) };
  });

/** Letting somebody in again with another role is how a role changes here. */
const joins = fc.tuple(person, fc.constantFrom(...roles)).map(
  ([userId, role]) =>
    new Step(`join as ${role}`, (model, real) => {
      const data = { conversationId: hanoi, members: [{ userId, role }], addedBy: an };
      real.append({ type: 'conversation.members-added', data }, an, model.nowMs);
      model.members.set(userId, role);
    }),
);

const leaves = person.map(
  (userId) =>
    new Step('leave', (model, real) => {
      const fact = { type: 'conversation.member-left', data: { conversationId: hanoi, userId } } as const;
      real.append(fact, userId, model.nowMs);
      model.members.delete(userId);
    }),
);

const waits = fc
  .constantFrom(60_000, EDIT_WINDOW_MS_DEFAULT)
  .map((ms) => new Step(`wait ${ms}`, (model) => void (model.nowMs += ms)));

const restarts = fc
  .nat(10)
  .map((keptCount) => new Step(`restart with ${keptCount}`, (_, real) => real.forget(keptCount)));

const seed = Date.now() % 2 ** 31;

test(
  `whatever people do to messages, the rules and the log agree with them (seed ${seed})`,
  { timeout: 60_000 },
  () => {
    const steps = [sends, sends, retries, edits, deletes, reacts, reacts, unreacts];
    const commands = fc.commands(
      [...steps, pins('message.pin'), pins('message.unpin'), joins, leaves, waits, restarts],
      { maxCommands: COMMAND_COUNT_MAX, size: 'max' },
    );
    fc.assert(
      fc.property(commands, (all) => {
        fc.modelRun(() => {
          const real = new Conversation();
          const members = people.map((userId, index) => ({
            userId,
            role: roles[index] ?? ('member' as const),
          }));
          real.append(
            { type: 'conversation.started', data: { conversationId: hanoi, kind: 'group', members } },
            an,
            startMs,
          );
          const model: Model = {
            nowMs: startMs,
            members: new Map(members.map(({ userId, role }) => [userId, role])),
            said: [],
          };
          return { model, real };
        }, all);
      }),
      { numRuns: RUN_COUNT, seed },
    );
  },
);
