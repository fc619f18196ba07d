import type { ContentToSend, MessageContent } from '@parley/contracts';

import { ApiError } from './api-error.ts';

/** What an item of the outbox says, beside where and when. */
export interface Said {
  /** Of a forward only what is shown meanwhile: the server takes it from the message that is forwarded. */
  readonly content: ContentToSend | MessageContent;
  /** The message of the same conversation that is answered. */
  readonly replyToId?: string;
  /** The message that is said again here, and where that was said first. */
  readonly forwardOf?: { readonly messageId: string; readonly originId: string };
}

/** One message on its way out. `clientMessageId` stays the same over every try: that is what makes it one message. */
export interface OutboxItem extends Said {
  /** This device's own name for it, which does not change even when `clientMessageId` has to. */
  readonly localId: string;
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly createdAt: string;
  /** Who wrote it: in nobody else's name is it ever sent. */
  readonly senderId: string;
  /** The server's no: it waits until its writer tries again or gives it up. */
  readonly refusal?: KeptRefusal;
}

/** A refusal as it can be written down. */
export type KeptRefusal = Pick<ApiError, 'code' | 'message'> & { readonly details?: ApiError['details'] };

export function keptRefusal({ code, message, details }: ApiError): KeptRefusal {
  return { code, message, ...(details === undefined ? {} : { details }) };
}

export function refusalFromKept({ code, message, details }: KeptRefusal): ApiError {
  return new ApiError({ code, message, definite: true, ...(details === undefined ? {} : { details }) });
}

/**
 * Where unsent messages are kept. A client that outlives its process brings one that does too: a promise that is
 * fulfilled says that what was put, or removed, stays so over a restart. It is asked for one thing at a time.
 */
export interface OutboxStorage {
  /** In the order in which they were put. */
  load(): Promise<readonly OutboxItem[]>;
  /** Adds it at the end, or replaces the one with this `localId` in its place. */
  put(item: OutboxItem): Promise<void>;
  remove(localId: string): Promise<void>;
}

export function memoryOutboxStorage(): OutboxStorage {
  const items = new Map<string, OutboxItem>();
  return {
    load: () => Promise.resolve([...items.values()]),
    put: (item) => {
      items.set(item.localId, item);
      return Promise.resolve();
    },
    remove: (localId) => {
      items.delete(localId);
      return Promise.resolve();
    },
  };
}
