import {
  type DeviceView,
  endDevices,
  endSession,
  listDevices,
  newId,
  noteActivity,
  refresh,
  register,
  renameDevice,
  type SessionId,
  setPush,
  signIn,
  type TokensView,
} from '@parley/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { AccountLog } from '../src/commands/account-log.ts';
import { endReusedSession } from '../src/domain/account-acts.ts';
import { firstRefreshToken } from '../src/storage/refresh-token.ts';
import { SessionStore } from '../src/storage/session-store.ts';
import {
  answerOf,
  type IdentityWorld,
  identityWorld,
  newPerson,
  tenant,
  tokensOf,
} from './identity-world.ts';

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
  await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

describe('refresh', () => {
  test('a refresh gives the next pair of the same session, again and again', async () => {
    const first = await signedIn();
    let tokens = first;
    for (let round = 0; round < 3; round += 1) {
      const next = tokensOf(await refreshWith(tokens));
      const { userId, deviceId, sessionId } = first;
      expect(next).toMatchObject({ userId, deviceId, sessionId });
      expect(next.refreshToken).not.toBe(tokens.refreshToken);
      tokens = next;
    }
    expect(await endings(first)).toEqual([]);
  });

  test('a used token that comes back ends the session for both who hold one', async () => {
    const first = await signedIn();
    const second = tokensOf(await refreshWith(first));
    const third = tokensOf(await refreshWith(second));
    expect(await refreshWith(first)).toEqual({ kind: 'refused', rejection: 'refresh-token-reused' });
    expect(await refreshWith(third)).toEqual({ kind: 'refused', rejection: 'refresh-token-invalid' });
    expect(await endings(first)).toEqual([[first.sessionId, 'refresh-token-reused']]);
  });

  test('of two refreshes at once with one token one wins, and the session is over', async () => {
    for (let round = 0; round < 10; round += 1) {
      const first = await signedIn();
      const outcomes = await Promise.all([refreshWith(first), refreshWith(first)]);
      const [winner, ...more] = outcomes.filter(({ kind }) => kind === 'ok');
      expect(more).toEqual([]);
      expect(outcomes).toContainEqual({ kind: 'refused', rejection: 'refresh-token-reused' });
      const next = tokensOf(winner ?? { kind: 'nobody won' });
      expect(await refreshWith(next)).toMatchObject({ rejection: 'refresh-token-invalid' });
      expect(await endings(first)).toEqual([[first.sessionId, 'refresh-token-reused']]);
    }
  });

  test('an invented token is invalid and ends nobody’s session', async () => {
    const tokens = await signedIn();
    const [session, family] = tokens.refreshToken.split('.');
    const invented = firstRefreshToken(tokens.sessionId).token;
    const bad = [
      '',
      'x',
      `${session}.${family}`,
      tokens.accessToken,
      invented,
      firstRefreshToken(newId<SessionId>('ses')).token,
      `${tokens.refreshToken}x`,
      ` ${tokens.refreshToken}`,
    ];
    for (const refreshToken of bad) {
      expect(await world.ask(refresh, { refreshToken })).toEqual({
        kind: 'refused',
        rejection: 'refresh-token-invalid',
      });
    }
    tokensOf(await refreshWith(tokens));
  });

  test('a token that has run out is invalid, and the next sign-in forgets its row', async () => {
    const an = newPerson('an');
    const tokens = tokensOf(await world.ask(register, an));
    await world.db
      .updateTable('session')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('session_id', '=', tokens.sessionId)
      .execute();
    expect(await refreshWith(tokens)).toMatchObject({ rejection: 'refresh-token-invalid' });
    await signInAgain(an);
    expect(await rowOf(tokens.sessionId)).toBeUndefined();
  });

  test('nothing that is stored is a token or a password', async () => {
    const an = newPerson('an');
    const tokens = tokensOf(await refreshWith(tokensOf(await world.ask(register, an))));
    const secrets = [an.password, tokens.accessToken, ...tokens.refreshToken.split('.').slice(1)];
    const rows = JSON.stringify([
      await world.db.selectFrom('credential').selectAll().where('user_id', '=', an.userId).execute(),
      await world.db.selectFrom('session').selectAll().where('user_id', '=', an.userId).execute(),
    ]);
    const log = JSON.stringify(await world.events(an.userId));
    for (const secret of secrets) {
      expect(rows).not.toContain(secret);
      expect(log).not.toContain(secret);
    }
  });
});

describe('sign out', () => {
  test('a session is over at once, and ending it again changes nothing', async () => {
    const tokens = await signedIn();
    const { userId, sessionId } = tokens;
    for (let round = 0; round < 2; round += 1) {
      const outcome = await world.ask(endSession, { userId, sessionId }, { actorId: userId });
      expect(outcome).toMatchObject({ kind: 'ok', answer: {} });
    }
    expect(await refreshWith(tokens)).toMatchObject({ rejection: 'refresh-token-invalid' });
    expect(await endings(tokens)).toEqual([[sessionId, 'signed-out']]);
  });

  test('all devices but the one that asks', async () => {
    const an = newPerson('an');
    const first = tokensOf(await world.ask(register, an));
    const others = [await signInAgain(an), await signInAgain(an)];
    const { userId, sessionId } = first;
    const asked = { userId, exceptSessionId: sessionId };
    expect(await world.ask(endDevices, asked, { actorId: userId })).toMatchObject({ answer: { ended: 2 } });
    expect(await world.ask(endDevices, asked, { actorId: userId })).toMatchObject({ answer: { ended: 0 } });
    for (const other of others) {
      expect(await refreshWith(other)).toMatchObject({ rejection: 'refresh-token-invalid' });
    }
    tokensOf(await refreshWith(first));
  });

  test('one device; another person’s is not found', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const { userId, deviceId } = mine;
    const foreign = { userId, deviceId: theirs.deviceId };
    expect(await world.ask(endDevices, foreign, { actorId: userId })).toMatchObject({
      rejection: 'device-not-found',
    });
    const inTheirName = { userId: theirs.userId, deviceId: theirs.deviceId };
    expect(await world.ask(endDevices, inTheirName, { actorId: userId })).toMatchObject({
      rejection: 'device-not-found',
    });
    expect(await world.ask(endDevices, { userId, deviceId }, { actorId: userId })).toMatchObject({
      answer: { ended: 1 },
    });
    expect(await refreshWith(mine)).toMatchObject({ rejection: 'refresh-token-invalid' });
    tokensOf(await refreshWith(theirs));
  });
});

describe('a crash in the middle', () => {
  test('after the event of a sign-out and before the row: the session is over, the row follows', async () => {
    const tokens = await signedIn();
    const { userId, sessionId } = tokens;
    const anotherInstance = new AccountLog(world.store, tenant);
    await anotherInstance.act(
      endSession,
      { userId, sessionId },
      { actorId: userId, correlationId: 'cut off' },
    );
    expect(await rowOf(sessionId)).toMatchObject({ revoked: false });
    expect(await refreshWith(tokens)).toMatchObject({ rejection: 'refresh-token-invalid' });
    expect(await rowOf(sessionId)).toMatchObject({ revoked: true });
    expect(await endings(tokens)).toEqual([[sessionId, 'signed-out']]);
  });

  test('after the row of a reused token and before the event: the next try writes the event', async () => {
    const tokens = await signedIn();
    await new SessionStore(world.db, tenant).revoke([tokens.sessionId]);
    expect(await endings(tokens)).toEqual([]);
    expect(await refreshWith(tokens)).toMatchObject({ rejection: 'refresh-token-invalid' });
    expect(await endings(tokens)).toEqual([[tokens.sessionId, 'refresh-token-reused']]);
  });

  test('two instances end one session at once: one event', async () => {
    const tokens = await signedIn();
    const { userId, sessionId } = tokens;
    const instances = Array.from({ length: 5 }, () => new AccountLog(world.store, tenant));
    const asked = { actorId: userId, correlationId: 'at once' };
    await Promise.all(instances.map((log) => log.act(endReusedSession, { userId, sessionId }, asked)));
    expect(await endings(tokens)).toHaveLength(1);
  });
});

describe('devices', () => {
  test('a person sees where they are signed in, by the names they gave', async () => {
    const an = newPerson('an');
    const phone = tokensOf(await world.ask(register, an));
    const laptop = await signInAgain(an);
    const { userId, sessionId } = phone;
    const rename = { userId, deviceId: laptop.deviceId, name: 'Máy ở nhà' };
    const renamed = await world.ask(renameDevice, rename, { actorId: userId });
    expect(await devicesAt(renamed, { userId, sessionId })).toMatchObject([
      { deviceId: phone.deviceId, name: 'phone', platform: 'android', version: null, isCurrent: true },
      { deviceId: laptop.deviceId, name: 'Máy ở nhà', platform: 'desktop', version: '1.0', isCurrent: false },
    ]);

    const ended = await world.ask(endDevices, { userId, deviceId: laptop.deviceId }, { actorId: userId });
    expect(await devicesAt(ended, { userId, sessionId })).toMatchObject([{ deviceId: phone.deviceId }]);
    expect(await world.ask(renameDevice, rename, { actorId: userId })).toMatchObject({
      rejection: 'device-not-found',
    });
  });

  test('a device is reached by one session only, and by none once it has ended', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const push = { provider: 'fcm', token: `phone-${mine.deviceId}` } as const;
    const set = ({ userId, sessionId }: TokensView, by = userId) =>
      world.ask(setPush, { userId, sessionId, push }, { actorId: by });

    expect(await set(mine)).toMatchObject({ kind: 'ok' });
    expect(await pushOf(mine)).toEqual(push);
    // The same phone, and somebody else signs in on it.
    expect(await set(theirs)).toMatchObject({ kind: 'ok' });
    expect([await pushOf(mine), await pushOf(theirs)]).toEqual([null, push]);
    expect(await set(mine, theirs.userId)).toEqual({ kind: 'failed', fault: 'malformed' });

    const { userId, sessionId } = theirs;
    await world.ask(endSession, { userId, sessionId }, { actorId: userId });
    expect(await pushOf(theirs)).toBeNull();
    expect(await set(theirs)).toMatchObject({ rejection: 'device-not-found' });
    expect(await set({ ...mine, sessionId: newId('ses') })).toMatchObject({ rejection: 'device-not-found' });
  });

  test('when a device was last active never goes back', async () => {
    const tokens = await signedIn();
    const { userId, sessionId } = tokens;
    // The table of devices follows the log.
    await expect.poll(() => devicesAt({ kind: 'ok' }, tokens)).toHaveLength(1);
    const told = async (at: string) => {
      await world.ask(noteActivity, { sessions: [{ sessionId, at }] });
      const [device] = await devicesAt({ kind: 'ok' }, { userId, sessionId });
      return device?.lastActiveAt;
    };
    expect(await told('2099-01-02T00:00:00.000Z')).toBe('2099-01-02T00:00:00.000Z');
    expect(await told('2099-01-01T00:00:00.000Z')).toBe('2099-01-02T00:00:00.000Z');
  });

  test('nobody sees another person’s devices', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn()];
    const { userId, sessionId } = theirs;
    const outcome = await world.ask(listDevices, { userId, sessionId }, { actorId: mine.userId });
    expect(outcome).toEqual({ kind: 'failed', fault: 'malformed' });
  });
});

async function signedIn(): Promise<TokensView> {
  return tokensOf(await world.ask(register, { ...newPerson('an'), address: newId('adr') }));
}

async function signInAgain({
  username,
  password,
  address,
}: ReturnType<typeof newPerson>): Promise<TokensView> {
  const device = { name: 'laptop', platform: 'desktop', version: '1.0' } as const;
  return tokensOf(await world.ask(signIn, { username, password, address, device }));
}

function refreshWith({ refreshToken }: TokensView) {
  return world.ask(refresh, { refreshToken });
}

async function devicesAt(
  written: { readonly kind: string; readonly position?: string | undefined },
  { userId, sessionId }: Pick<TokensView, 'userId' | 'sessionId'>,
): Promise<readonly DeviceView[]> {
  const { position: minPosition } = written;
  const outcome = await world.ask(listDevices, { userId, sessionId }, { actorId: userId, minPosition });
  return answerOf<{ data: DeviceView[] }>(outcome).data;
}

/** Which sessions of a person have ended, and why, as the log says. */
async function endings({ userId }: TokensView) {
  const events = await world.events(userId);
  return events.flatMap((event) =>
    event.type === 'identity.session-revoked' ? [[event.data.sessionId, event.data.reason]] : [],
  );
}

async function pushOf({ sessionId }: TokensView) {
  const row = await world.db
    .selectFrom('session')
    .select('push')
    .where('session_id', '=', sessionId)
    .executeTakeFirstOrThrow();
  return row.push;
}

async function rowOf(sessionId: SessionId) {
  return world.db
    .selectFrom('session')
    .select('revoked')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
}
