import { type Person, until } from '@parley/testing';

/** What somebody sees of who has a message. */
async function receiptsOf(person: Person, messageId: string) {
  const params = { id: messageId };
  const [stats, list] = await Promise.all([
    person.api.call('getReceiptStats', { params }),
    person.api.call('listReceipts', { params, query: {} }),
  ]);
  return { stats, list };
}

/** Until so many have it, and so many have read it. */
export async function untilReceipts(
  person: Person,
  messageId: string,
  wanted: { readonly delivered: number; readonly read: number },
) {
  let last: unknown;
  return until({
    look: async () => {
      // The read model may not have it yet.
      const found = await receiptsOf(person, messageId).catch(() => undefined);
      if (found === undefined) return undefined;
      last = found.stats;
      const { delivered, read } = found.stats;
      return delivered.count === wanted.delivered && read.count === wanted.read ? found : undefined;
    },
    instead: () => `${person.name} sees ${JSON.stringify(last)}`,
  });
}
