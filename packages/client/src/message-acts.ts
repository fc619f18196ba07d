import { act } from './act.ts';
import type { AnswerOfRoute, Api, CallOf } from './api.ts';
import type { AckOf, Connection } from './connection.ts';
import { type Words, wordsToSay } from './content.ts';
import { messageIdOf, type MessageNamed } from './message-named.ts';

type Page<Name extends 'listReplies' | 'listMessageVersions'> = NonNullable<CallOf<Name>['query']>;

export interface MessageActsParts {
  readonly conversationId: string;
  /** Its answers include what was written through it. */
  readonly api: Api;
  readonly connection: Pick<Connection, 'request'>;
}

/**
 * What is done to the messages of one conversation. Everybody sees it when it comes back as an event, the one who
 * did it as well. However often an act has to be tried, it happens once.
 */
export abstract class MessageActs {
  readonly conversationId: string;
  readonly #parts: MessageActsParts;

  constructor(parts: MessageActsParts) {
    this.conversationId = parts.conversationId;
    this.#parts = parts;
  }

  /** Says something else in an own message. */
  edit(message: MessageNamed, words: Words): Promise<AckOf<'edit_message'>> {
    const payload = { ...this.#named(message), ...wordsToSay(words) };
    return act((idempotencyKey) =>
      this.#parts.connection.request('edit_message', { ...payload, idempotencyKey }),
    );
  }

  /** Deletes it on all own devices and for nobody else. */
  deleteForMe(message: MessageNamed): Promise<AckOf<'delete_message'>> {
    return this.#delete(message, 'me');
  }

  /** Leaves only its place, for everybody. */
  deleteForEveryone(message: MessageNamed): Promise<AckOf<'delete_message'>> {
    return this.#delete(message, 'everyone');
  }

  /** Puts an emoji on a message; the same one again takes it away. */
  react(message: MessageNamed, emoji: string): Promise<AckOf<'react_to_message'>> {
    const payload = { ...this.#named(message), emoji };
    return act((idempotencyKey) =>
      this.#parts.connection.request('react_to_message', { ...payload, idempotencyKey }),
    );
  }

  /** Takes an own emoji away, and never puts one there. */
  removeReaction(message: MessageNamed, emoji: string): Promise<AckOf<'remove_reaction'>> {
    const payload = { ...this.#named(message), emoji };
    return act((idempotencyKey) =>
      this.#parts.connection.request('remove_reaction', { ...payload, idempotencyKey }),
    );
  }

  pin(message: MessageNamed): Promise<AnswerOfRoute<'pinMessage'>> {
    const { messageId, ...query } = this.#named(message);
    return act((idempotencyKey) =>
      this.#parts.api.call('pinMessage', { params: { id: messageId }, query, idempotencyKey }),
    );
  }

  unpin(message: MessageNamed): Promise<AnswerOfRoute<'unpinMessage'>> {
    const { messageId, ...query } = this.#named(message);
    return act((idempotencyKey) =>
      this.#parts.api.call('unpinMessage', { params: { id: messageId }, query, idempotencyKey }),
    );
  }

  /** What is pinned, the latest pin first. */
  async pins(): Promise<AnswerOfRoute<'listPins'>['data']> {
    const { api, conversationId } = this.#parts;
    return (await api.call('listPins', { params: { id: conversationId } })).data;
  }

  /** A thread: a page of the answers to a message, the first one first. */
  replies(message: MessageNamed, page: Page<'listReplies'> = {}): Promise<AnswerOfRoute<'listReplies'>> {
    const params = { id: messageIdOf(message) };
    return this.#parts.api.call('listReplies', { params, query: page });
  }

  /** A page of what a message said, the first words first. */
  versions(
    message: MessageNamed,
    page: Page<'listMessageVersions'> = {},
  ): Promise<AnswerOfRoute<'listMessageVersions'>> {
    const params = { id: messageIdOf(message) };
    return this.#parts.api.call('listMessageVersions', { params, query: page });
  }

  #delete(message: MessageNamed, scope: 'me' | 'everyone'): Promise<AckOf<'delete_message'>> {
    const payload = { ...this.#named(message), scope };
    return act((idempotencyKey) =>
      this.#parts.connection.request('delete_message', { ...payload, idempotencyKey }),
    );
  }

  #named(message: MessageNamed): { readonly messageId: string; readonly conversationId: string } {
    return { messageId: messageIdOf(message), conversationId: this.#parts.conversationId };
  }
}
