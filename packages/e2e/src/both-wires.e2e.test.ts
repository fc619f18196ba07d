import { newUuidV7 } from '@parley/contracts';
import { type Device, type Person, type Place, story as test, until } from '@parley/testing';
import { expect } from 'vitest';

type Wire = 'rest' | 'socket';

/** What somebody does to a message, by either wire, and what the message is then to who looks at it. */
interface Act {
  readonly by: { readonly [W in Wire]: (actor: Person, messageId: string) => Promise<unknown> };
  readonly shows: (actor: Person) => object;
}

const EMOJI = '👍';
const params = (id: string) => ({ params: { id } });
const saying = (actor: Person) => actor.device.chat.connection;

async function thenAway(react: Promise<unknown>, remove: () => Promise<unknown>): Promise<void> {
  await react;
  await remove();
}

/** Every act on a message that both wires have. */
const acts: Readonly<Record<string, Act>> = {
  said: {
    by: { rest: async () => undefined, socket: async () => undefined },
    shows: () => ({ isEdited: false, reactions: [], isPinned: false }),
  },
  edited: {
    by: {
      rest: (actor, id) => actor.api.call('editMessage', { ...params(id), body: { content: 'nói lại' } }),
      socket: (actor, messageId) => saying(actor).request('edit_message', { messageId, content: 'nói lại' }),
    },
    shows: () => ({ content: { type: 'text', text: 'nói lại' }, isEdited: true }),
  },
  deleted: {
    by: {
      rest: (actor, id) => actor.api.call('deleteMessage', params(id)),
      socket: (actor, messageId) => saying(actor).request('delete_message', { messageId }),
    },
    shows: ({ userId }) => ({ content: null, deletedBy: userId }),
  },
  reacted: {
    by: {
      rest: (actor, id) => actor.api.call('reactToMessage', { ...params(id), body: { emoji: EMOJI } }),
      socket: (actor, messageId) => saying(actor).request('react_to_message', { messageId, emoji: EMOJI }),
    },
    shows: () => ({ reactions: [{ emoji: EMOJI, count: 1, own: true }] }),
  },
  unreacted: {
    by: {
      rest: (actor, id) => {
        const about = { ...params(id), body: { emoji: EMOJI } };
        return thenAway(actor.api.call('reactToMessage', about), () =>
          actor.api.call('removeReaction', about),
        );
      },
      socket: (actor, messageId) => {
        const about = { messageId, emoji: EMOJI };
        return thenAway(saying(actor).request('react_to_message', about), () =>
          saying(actor).request('remove_reaction', about),
        );
      },
    },
    shows: () => ({ reactions: [] }),
  },
};

/** Says a message by a wire. */
async function say(
  actor: Person,
  { conversationId }: Place,
  { by, content }: { readonly by: Wire; readonly content: string },
): Promise<string> {
  const body = { conversationId, clientMessageId: newUuidV7(), content };
  const { message } =
    by === 'rest'
      ? await actor.api.call('sendMessage', { body })
      : await saying(actor).request('send_message', body);
  return message.messageId;
}

/** Opens a group by a wire. */
async function open(actor: Person, other: Person, wire: Wire): Promise<Place> {
  const group = { name: `Nhóm qua ${wire}`, memberIds: [other.userId] };
  const { conversationId } =
    wire === 'rest'
      ? await actor.api.call('startGroup', { body: group })
      : await saying(actor).request('create_conversation', { kind: 'group', ...group });
  return { name: group.name, conversationId };
}

async function read(
  actor: Person,
  { conversationId }: Place,
  { by, upToSeq }: { readonly by: Wire; readonly upToSeq: number },
): Promise<void> {
  const body = { conversationId, upToSeq };
  if (by === 'rest') await actor.api.call('markRead', { body });
  else await saying(actor).request('mark_as_read', body);
}

async function hide(actor: Person, id: string, wire: Wire): Promise<void> {
  if (wire === 'rest') await actor.api.call('deleteMessage', { ...params(id), query: { scope: 'me' } });
  else await saying(actor).request('delete_message', { messageId: id, scope: 'me' });
}

/** Does everything once by a wire, until a second device shows it; answers what is to be seen from then on. */
async function doEverything(by: Wire, [an, binh]: readonly [Person, Person], laptop: Device) {
  const hanoi = await open(an, binh, by);
  await binh.device.opens(hanoi);
  await laptop.opens(hanoi);

  const wanted: object[] = [];
  for (const [name, act] of Object.entries(acts)) {
    const messageId = await say(an, hanoi, { by, content: name });
    await act.by[by](an, messageId);
    wanted.push({ messageId, senderId: an.userId, ...act.shows(an) });
  }
  const hiddenId = await say(binh, hanoi, { by, content: 'Bình không thấy' });
  await hide(binh, hiddenId, by);
  const all = [...wanted, { messageId: hiddenId, senderId: binh.userId }];
  const upToSeq = await until({
    look: () => laptop.messagesIn(hanoi).find(({ messageId }) => messageId === hiddenId)?.seq,
    instead: () => 'the laptop has not heard of the last message',
  });
  await read(an, hanoi, { by, upToSeq });

  await expect.poll(() => laptop.messagesIn(hanoi)).toMatchObject(all);
  await expect.poll(() => binh.device.messagesIn(hanoi)).toHaveLength(wanted.length);
  await laptop.hears('sync_read_status', (told) => told.upToSeq === upToSeq);
  return { hanoi, all, wanted };
}

test('each act by either wire is seen on a second device, and by everybody after a restart', async ({
  world,
}) => {
  const [an, binh] = await world.people('An', 'Bình');
  const laptop = await an.takesAnotherDevice();
  const done = [
    await doEverything('rest', [an, binh], laptop),
    await doEverything('socket', [an, binh], laptop),
  ];

  await world.levers.restartAllServices();
  const fresh = await an.takesAnotherDevice('tablet');
  for (const { hanoi, all, wanted } of done) {
    await expect.poll(() => an.history(hanoi)).toMatchObject(all);
    expect(await binh.history(hanoi)).toHaveLength(wanted.length);
    const conversation = await fresh.opens(hanoi);
    expect(fresh.messagesIn(hanoi)).toMatchObject(all);
    expect(conversation.getSnapshot()).toMatchObject({ title: hanoi.name, unreadCount: 0 });
  }
});
