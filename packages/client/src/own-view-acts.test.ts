import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { OwnView } from '@parley/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Api } from './api.ts';
import { KeptConversation } from './kept-conversation.ts';
import { OwnViewActs } from './own-view-acts.ts';
import { fixedToken } from './token-source.ts';

const hanoi = 'cnv_01h455vb4pex5vsknk084sn02q';
const plain: OwnView = {
  isArchived: false,
  isMarkedUnread: false,
  isPinned: false,
  mutedUntil: null,
  draft: null,
  ownViewVersion: 1,
};

interface Asked {
  readonly act: string;
  readonly key: string | string[] | undefined;
  readonly answer: (status: number, body: object) => void;
}

/** A server that keeps what it is asked until the test answers. */
let server: Server;
let asked: Asked[];
let kept: KeptConversation;
let acts: OwnViewActs;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({
      act: `${request.method} ${request.url?.split('/').at(-1)}`,
      key: request.headers['idempotency-key'],
      answer: (status, body) => response.writeHead(status).end(JSON.stringify(body)),
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kept = new KeptConversation(plain);
  acts = new OwnViewActs({
    conversationId: hanoi,
    api: new Api({ url, tokens: fixedToken('token') }),
    kept,
    headSeq: () => 7,
    onChanged: () => undefined,
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const shown = () => kept.view(0);
const next = async (count: number): Promise<Asked> => {
  await expect.poll(() => asked.length).toBe(count);
  return asked.at(-1) as Asked;
};
const stored = (version: number) => [200, { position: `user-${version}` }] as const;
const refusal = { code: 'NOT_FOUND', message: 'There is no such conversation.', definite: true };
const archive = (value: boolean) => acts.want({ part: 'isArchived', value });

describe('a wish', () => {
  test('shows at once and stays when it is granted', async () => {
    const granted = archive(true);
    expect(shown().isArchived).toBe(true);
    (await next(1)).answer(...stored(5));
    await granted;
    expect(shown().isArchived).toBe(true);
    kept.change({ isArchived: false, ownViewVersion: 4 });
    expect(shown().isArchived).toBe(true);
  });

  test('that is refused is taken back, and whoever wished hears why', async () => {
    const refused = archive(true);
    (await next(1)).answer(404, refusal);
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND', definite: true });
    expect(shown().isArchived).toBe(false);
  });

  test('of another device that is the later one stands', async () => {
    const granted = archive(true);
    kept.change({ isArchived: false, ownViewVersion: 9 });
    expect(shown().isArchived).toBe(true);
    (await next(1)).answer(...stored(5));
    await granted;
    expect(shown().isArchived).toBe(false);
  });

  test('waits for the one before it, and only the last of those that wait is said', async () => {
    const all = [archive(true), archive(false), archive(true), archive(false)];
    (await next(1)).answer(...stored(5));
    (await next(2)).answer(...stored(6));
    await Promise.all(all);
    expect(asked.map(({ act }) => act)).toEqual(['POST archive', 'DELETE archive']);
    expect(shown().isArchived).toBe(false);
  });

  test('goes on after one that was refused', async () => {
    const all = [acts.want({ part: 'mutedUntil', value: '2020-01-01T00:00:00.000Z' as never })];
    all.push(acts.want({ part: 'mutedUntil', value: 'forever' }));
    (await next(1)).answer(404, refusal);
    (await next(2)).answer(...stored(5));
    await Promise.all(all);
    expect(shown().mutedUntil).toBe('forever');
  });

  test('whose outcome nobody knows is said again under its key', async () => {
    const granted = archive(true);
    (await next(1)).answer(500, { code: 'UNKNOWN_OUTCOME', message: 'Unknown.', definite: false });
    (await next(2)).answer(...stored(5));
    await granted;
    expect(asked[0]?.key).toEqual(expect.any(String));
    expect(asked[1]?.key).toBe(asked[0]?.key);
  });
});

test('a draft is there until an own message takes its place', async () => {
  const saved = acts.saveDraft({ text: 'Chiều nay' });
  expect(kept.view(7).draft).toMatchObject({ text: 'Chiều nay', savedAtSeq: 7 });
  (await next(1)).answer(...stored(5));
  await saved;
  expect(kept.view(7).draft).toMatchObject({ text: 'Chiều nay' });
  expect(kept.view(8).draft).toBeNull();
});

test('a mark that is wished is read away like any other', () => {
  acts.want({ part: 'isMarkedUnread', value: true }).catch(() => undefined);
  expect([kept.read(), shown().isMarkedUnread, kept.read()]).toEqual([true, false, false]);
});
