import { createHmac, hkdfSync } from 'node:crypto';

import type { SyncPage } from '@parley/contracts';
import type { Person } from '@parley/testing';

const MAC_BYTES = 12;
const KEY_BYTES = 32;

/** All pages after a token (or of everything), as one, and how many they were. */
export async function syncAll(
  person: Person,
  token?: string,
  limit?: number,
): Promise<SyncPage & { readonly pageCount: number }> {
  const whole: SyncPage[] = [];
  let at = token;
  for (let hasMore = true; hasMore;) {
    const query = { ...(at === undefined ? {} : { token: at }), ...(limit === undefined ? {} : { limit }) };
    const page: SyncPage = await person.api.call('sync', { query });
    whole.push(page);
    ({ token: at, hasMore } = page);
  }
  const [first] = whole;
  if (first === undefined || at === undefined) throw new Error('a synchronisation has a page at least');
  return {
    ...first,
    token: at,
    hasMore: false,
    conversations: whole.flatMap(({ conversations }) => conversations),
    messages: whole.flatMap(({ messages }) => messages),
    removed: whole.flatMap(({ removed }) => removed),
    positions: whole.flatMap(({ positions }) => positions),
    hidden: whole.flatMap(({ hidden }) => hidden),
    pageCount: whole.length,
  };
}

/** The token as a gateway of this system would have signed it, had its inside been this one. */
export function resigned(token: string, natsUrl: string, change: (inside: unknown[]) => unknown[]): string {
  const inside = JSON.parse(Buffer.from(token, 'base64url').subarray(MAC_BYTES).toString()) as unknown[];
  const body = Buffer.from(JSON.stringify(change(inside)));
  const key = Buffer.from(hkdfSync('sha256', new URL(natsUrl).password, '', 'parley sync', KEY_BYTES));
  const mac = createHmac('sha256', key).update(body).digest().subarray(0, MAC_BYTES);
  return Buffer.concat([mac, body]).toString('base64url');
}
