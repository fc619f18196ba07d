import {
  type DeviceView,
  endDevices,
  endSession,
  listDevices,
  newId,
  refresh,
  register,
  renameDevice,
  type SessionId,
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

async function rowOf(sessionId: SessionId) {
  return world.db
    .selectFrom('session')
    .select('revoked')
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
}
