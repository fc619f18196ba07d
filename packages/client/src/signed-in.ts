import { isSystemMessage, type MessageView, type TokensView } from '@parley/contracts';

import { notSent } from './api-error.ts';
import type { Api } from './api.ts';
import { retryDelayMs, sleep } from './backoff.ts';
import { Connection, type ConnectionOptions, type ConnectionState } from './connection.ts';
import type { Conversation } from './conversation.ts';
import { ConversationRegistry } from './conversation-registry.ts';
import type { Applied } from './conversation-view.ts';
import { peopleIn, rowOfEvent } from './numbered-event.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import { Outbox, type OutboxChange } from './outbox.ts';
import { People } from './people.ts';
import { sendItem } from './send-item.ts';
import type { ServerClock } from './server-clock.ts';
import { Session, type SessionEnd } from './session.ts';

/** How long the first list may take. */
export const READY_WAIT_MS = 15_000;

export interface ChatOptions extends Pick<ConnectionOptions, 'transports'> {
  /** Where the server is, as `https://chat.example.com`. */
  readonly url: string;
  readonly outboxStorage?: OutboxStorage;
  /** Called with every new pair of tokens: keep the latest to `resume` with it. */
  readonly onTokens?: (tokens: TokensView) => void;
}

export interface ChatEvents {
  /** A message of anybody has come into its place; each once, in the order of its conversation. */
  readonly message: { readonly message: MessageView; readonly conversation: Conversation };
  /** The same for a line that tells of what became of a conversation. */
  readonly system: { readonly message: MessageView; readonly conversation: Conversation };
  /** An own message was handed in, stored, refused or given up. */
  readonly outbox: OutboxChange;
  readonly connection: ConnectionState;
  /** A person has to sign in again. */
  readonly ended: SessionEnd;
  /** The person is not in this conversation any more. */
  readonly removed: Conversation;
}

export interface SignedInHost {
  readonly options: ChatOptions;
  readonly publicApi: Api;
  readonly clock: ServerClock;
  /** By conversation, how far messages were told of. */
  readonly announced: Map<string, number>;
  readonly emit: <Name extends keyof ChatEvents>(name: Name, event: ChatEvents[Name]) => void;
  readonly onChanged: () => void;
}

/** All that lives from a sign-in to its end: the parts of the client, put together and fed by one connection. */
export class SignedIn {
  readonly session: Session;
  readonly connection: Connection;
  readonly api: Api;
  /** For what is shown by itself: it goes on by live events, so rather a list that lags at first than none. */
  readonly hasty: Api;
  readonly outbox: Outbox;
  readonly people: People;
  readonly registry: ConversationRegistry;
  readonly #host: SignedInHost;

  constructor(host: SignedInHost, tokens: TokensView) {
    this.#host = host;
    const { publicApi, emit, onChanged } = host;
    const { url, onTokens, transports } = host.options;
    this.session = new Session(publicApi, tokens, {
      ...(onTokens === undefined ? {} : { onTokens }),
      onEnd: (reason) => emit('ended', reason),
    });
    this.api = publicApi.as(this.session);
    this.hasty = this.api.hasty();
    this.connection = new Connection({
      url,
      tokens: this.session,
      ...(transports === undefined ? {} : { transports }),
    });
    this.outbox = this.#makeOutbox();
    this.people = new People(this.hasty, onChanged);
    this.registry = new ConversationRegistry({
      api: this.hasty,
      strict: this.api,
      connection: this.connection,
      outbox: this.outbox,
      people: this.people,
      onChanged,
      myId: () => tokens.userId,
      onApplied: (conversation, applied) => this.#announce(conversation, applied),
      onRemoved: (conversation) => emit('removed', conversation),
    });
    this.connection.onState((state) => this.#connectionIs(state));
  }

  /** Until the conversations are here. */
  async start(): Promise<void> {
    await this.outbox.restore();
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(notSent('The conversations could not be loaded.')),
        READY_WAIT_MS,
      );
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      this.connection.on('connected', ({ serverTime }) => {
        this.#host.clock.set(serverTime);
        this.outbox.resume();
        void this.#catchUp().then((isDone) => isDone && settle(resolve));
      });
      this.connection.onState((state) => {
        if (state === 'stopped') settle(() => reject(this.connection.stoppedBy ?? notSent('Closed.')));
      });
    });
    this.connection.start();
    await ready;
  }

  close(): void {
    this.outbox.pause();
    this.registry.disconnected();
    this.connection.close();
  }

  #makeOutbox(): Outbox {
    const { clock, emit, options } = this.#host;
    const { outboxStorage } = options;
    return new Outbox({
      send: (item) => sendItem(this, item),
      newId: () => clock.newClientMessageId(),
      onChange: (change) => {
        this.registry.takeOutbox(change);
        emit('outbox', change);
      },
      ...(outboxStorage === undefined ? {} : { storage: outboxStorage }),
    });
  }

  #connectionIs(state: ConnectionState): void {
    if (state !== 'connected') {
      this.outbox.pause();
      this.registry.disconnected();
    }
    this.#host.emit('connection', state);
    this.#host.onChanged();
  }

  /** Keeps at it while this connection lasts; the next one starts anew. */
  async #catchUp(): Promise<boolean> {
    const dropped = new AbortController();
    const forget = this.connection.onState(() => dropped.abort());
    try {
      for (let tries = 0; !dropped.signal.aborted; tries += 1) {
        try {
          await this.registry.connected();
          return true;
        } catch {
          await sleep(retryDelayMs(tries));
        }
      }
      return false;
    } finally {
      forget();
    }
  }

  #announce(conversation: Conversation, { events }: Applied): void {
    const { announced, emit } = this.#host;
    const before = announced.get(conversation.conversationId) ?? 0;
    for (const event of events) {
      const message = rowOfEvent(event);
      // A view that starts over meets its messages again.
      if (message === undefined || event.seq <= before) continue;
      announced.set(conversation.conversationId, event.seq);
      this.people.want(peopleIn(message));
      emit(isSystemMessage(message) ? 'system' : 'message', { message, conversation });
    }
  }
}
