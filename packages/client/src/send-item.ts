import type { Api } from './api.ts';
import { outcomeUnknown, readEdgeError } from './api-error.ts';
import type { Connection } from './connection.ts';
import { sendBodyOf } from './content.ts';
import type { OutboxItem } from './outbox-storage.ts';
import type { Sent } from './outbox.ts';

export interface SendItemParts {
  readonly api: Api;
  readonly connection: Pick<Connection, 'request'>;
}

/** Hands one item of the outbox to the server. Under its `clientMessageId` it is one message, however often. */
export function sendItem({ api, connection }: SendItemParts, item: OutboxItem): Promise<Sent> {
  const { forwardOf } = item;
  if (forwardOf === undefined) return connection.request('send_message', sendBodyOf(item));
  return forward(api, { ...item, sourceId: forwardOf.messageId });
}

async function forward(api: Api, item: OutboxItem & { readonly sourceId: string }): Promise<Sent> {
  const { data } = await api.call('forwardMessage', {
    params: { id: item.sourceId },
    body: { conversationIds: [item.conversationId] },
    idempotencyKey: item.clientMessageId,
  });
  const [forwarded] = data;
  if (forwarded?.ok === true) return forwarded;
  throw readEdgeError(forwarded?.error) ?? outcomeUnknown('The answer is not readable.');
}
