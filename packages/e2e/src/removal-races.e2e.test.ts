import { newUuidV7 } from '@parley/contracts';
import { type NumberedEvent, type Person, type Place, story as test } from '@parley/testing';
import { describe, expect, inject } from 'vitest';

const GROUP_COUNT = 4;
const RACE_MS = 600;

interface Try {
  readonly clientMessageId: string;
  readonly seq: number | undefined;
}

/** Who is in after each event of a group's log. */
function membersBy(log: readonly NumberedEvent[]): ReadonlyMap<number, ReadonlySet<string>> {
  const members = new Set<string>();
  const bySeq = new Map<number, ReadonlySet<string>>();
  for (const event of log) {
    takeMembership(members, event);
    bySeq.set(event.seq ?? 0, new Set(members));
  }
  return bySeq;
}

function takeMembership(members: Set<string>, event: NumberedEvent): void {
  if ('members' in event.data) for (const { userId } of event.data.members) members.add(userId);
  else if (event.type === 'conversation.member-removed') members.delete(event.data.userId);
}

/** The owner removes somebody who is just saying something, and lets them in again. */
async function race(owner: Person, member: Person, { conversationId }: Place): Promise<Try> {
  const clientMessageId = newUuidV7();
  const params = { id: conversationId };
  const [sent] = await Promise.all([
    member.device.chat.connection
      .request('send_message', { conversationId, clientMessageId, content: 'Tôi vẫn ở đây' })
      .then(({ seq }) => seq)
      .catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'NOT_FOUND' });
        return undefined;
      }),
    owner.api.call('removeMember', { params: { ...params, userId: member.userId } }),
  ]);
  await owner.api.call('addMembers', { params, body: { userIds: [member.userId] } });
  return { clientMessageId, seq: sent };
}

describe('a removal that races with a send', () => {
  const raceCount = inject('raceCount');
  const timeout = 60_000 + raceCount * RACE_MS;

  test('is decided by the log: nothing after it is accepted or heard', { timeout }, async ({ world }) => {
    const [an, binh, ...others] = await world.people('An', 'Bình', 'Bình 2', 'Bình 3', 'Bình 4');
    const victims = [binh, ...others].slice(0, GROUP_COUNT);
    const groups = await Promise.all(
      victims.map((victim, index) => an.startsGroup(`Nhóm ${index}`, { with: [victim] })),
    );
    const tries = await Promise.all(
      groups.map(async (group, index) => {
        const own: Try[] = [];
        for (let count = 0; count < raceCount / GROUP_COUNT; count += 1) {
          own.push(await race(an, victims[index] ?? binh, group));
        }
        return own;
      }),
    );

    for (const [index, group] of groups.entries()) {
      const victim = victims[index] ?? binh;
      const log = await world.logOf(group);
      const members = membersBy(log);
      const wasMember = (seq: number) => members.get(seq - 1)?.has(victim.userId) === true;
      const stored = new Map(
        log.flatMap((event) =>
          event.type === 'message.sent' ? [[String(event.data.clientMessageId), event.seq ?? 0]] : [],
        ),
      );
      expect([...stored.values()].filter((seq) => !wasMember(seq))).toEqual([]);
      expect(tries[index]?.filter(({ clientMessageId, seq }) => stored.get(clientMessageId) !== seq)).toEqual(
        [],
      );
      const heard = victim.device
        .heard('new_message')
        .filter(({ message }) => message.conversationId === group.conversationId);
      expect(heard.filter(({ message }) => !wasMember(message.seq))).toEqual([]);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, place) => place + 1));
    }
  });
});
