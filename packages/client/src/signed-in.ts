import { isSystemMessage, type MessageView, type TokensView } from '@parley/contracts';

import type { Addresses } from './addresses.ts';
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
import { Presence } from './presence.ts';
import { sendItem } from './send-item.ts';
import type { ServerClock } from './server-clock.ts';
import type { SyncTokenStorage } from './sync-by-token.ts';
import { Session, type SessionEnd } from './session.ts';
import { type TokenProvider, tokensFrom, type TokenSource } from './token-source.ts';
import { Typing } from './typing.ts';

/** How long the first list may take. */
export const READY_WAIT_MS = 15_000;

export interface ChatOptions extends Pick<ConnectionOptions, 'transports' | 'openWire'> {
  /** Where the server is, as `https://chat.example.com`; several addresses of it, and a gateway that is lost keeps nobody. */
  readonly url: string | readonly string[];
  /** An access token, or whoever has the next one, for `connect`. Without it: `signIn`, `register` or `resume`. */
  readonly token?: string | TokenProvider;
  /** Where unsent messages outlive the process; without it they do not. */
  readonly outboxStorage?: OutboxStorage;
  /** Keeps how far this device has come, so that its next process is told of what was said meanwhile. */
  readonly syncTokenStorage?: SyncTokenStorage;
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
  /** The outbox could not be written down: what is unsent is safe only as long as this process. */
  readonly storageFailed: unknown;
}

export interface SignedInHost {
  readonly options: ChatOptions;
  readonly addresses: Addresses;
  readonly publicApi: Api;
  readonly clock: ServerClock;
  /** By conversation, how far messages were told of. */
  readonly announced: Map<string, number>;
  readonly emit: <Name extends keyof ChatEvents>(name: Name, event: ChatEvents[Name]) => void;
  readonly onChanged: () => void;
}

/** All that lives from a sign-in to its end: the parts of the client, put together and fed by one connection. */
export class SignedIn {
  /** Absent where somebody else looks after the tokens. */
  readonly session: Session | undefined;
  readonly connection: Connection;
  readonly api: Api;
  /** For what is shown by itself: it goes on by live events, so rather a list that lags at first than none. */
  readonly hasty: Api;
  readonly outbox: Outbox;
  readonly people: People;
  readonly presence: Presence;
  readonly registry: ConversationRegistry;
  readonly #host: SignedInHost;
  #userId: string | undefined;
  #isRestored = false;

  /** With the tokens of a sign-in, or with those that the app has a source of. */
  constructor(host: SignedInHost, tokens: TokensView | undefined) {
    this.#host = host;
    this.#userId = tokens?.userId;
    const { publicApi, addresses, emit, onChanged } = host;
    const { transports, openWire } = host.options;
    this.session = tokens && this.#makeSession(tokens);
    const source = this.session ?? this.#givenTokens();
    this.api = publicApi.as(source);
    this.hasty = this.api.hasty();
    this.connection = new Connection({
      url: addresses,
      tokens: source,
      onWritten: (position) => this.api.include(position),
      ...(transports === undefined ? {} : { transports }),
      ...(openWire === undefined ? {} : { openWire }),
    });
    this.outbox = this.#makeOutbox();
    this.people = new People(this.hasty, onChanged);
    this.presence = new Presence(this.connection);
    this.registry = new ConversationRegistry({
      api: this.hasty,
      strict: this.api,
      connection: this.connection,
      outbox: this.outbox,
      people: this.people,
      typing: new Typing(this.connection),
      onChanged,
      myId: () => this.#userId ?? '',
      onApplied: (conversation, applied) => this.#announce(conversation, applied),
      onRemoved: (conversation) => emit('removed', conversation),
      syncTokenStorage: host.options.syncTokenStorage,
    });
    this.connection.onState((state) => this.#connectionIs(state));
  }

  /** Who this is; with tokens that were given, known once the server has said so. */
  get userId(): string | undefined {
    return this.#userId;
  }

  /** Until the conversations are here. */
  async start(): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(notSent('The conversations could not be loaded.')),
        READY_WAIT_MS,
      );
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      this.connection.on('connected', ({ serverTime, userId, syncToken }) => {
        this.#host.clock.set(serverTime);
        this.#userId = userId;
        void this.#catchUp(syncToken).then((isDone) => isDone && settle(resolve));
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
      onStorageError: (error) => emit('storageFailed', error),
      ...(outboxStorage === undefined ? {} : { storage: outboxStorage }),
    });
  }

  #makeSession(tokens: TokensView): Session {
    const { publicApi, emit, options } = this.#host;
    const { onTokens } = options;
    return new Session(publicApi, tokens, {
      ...(onTokens === undefined ? {} : { onTokens }),
      onEnd: (reason) => emit('ended', reason),
    });
  }

  #givenTokens(): TokenSource {
    const { token } = this.#host.options;
    if (token === undefined) throw new TypeError('There is no `token` to connect with.');
    return { ...tokensFrom(token), ended: () => this.#host.emit('ended', 'revoked') };
  }

  /** Before anything else is sent, so that what was typed in an earlier process goes first. */
  async #restoreOutbox(): Promise<void> {
    if (this.#isRestored || this.#userId === undefined) return;
    this.#isRestored = true;
    try {
      await this.outbox.restore(this.#userId);
    } catch (error) {
      this.#host.emit('storageFailed', error);
    }
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
  async #catchUp(syncToken: string): Promise<boolean> {
    const dropped = new AbortController();
    const forget = this.connection.onState(() => dropped.abort());
    try {
      await this.#restoreOutbox();
      if (!dropped.signal.aborted) this.outbox.resume();
      for (let tries = 0; !dropped.signal.aborted; tries += 1) {
        try {
          await this.registry.connected(syncToken);
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
