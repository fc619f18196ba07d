import type {
  ConversationView as ListedConversation,
  MessageView,
  PersonView,
  TokensView,
} from '@parley/contracts';

import { act } from './act.ts';
import { notSent } from './api-error.ts';
import { type AnswerOfRoute, Api, type CallOf } from './api.ts';
import { retryDelayMs, sleep } from './backoff.ts';
import { Blocks } from './blocks.ts';
import { Connection, type ConnectionOptions, type ConnectionState } from './connection.ts';
import type { Conversation } from './conversation.ts';
import { ConversationRegistry } from './conversation-registry.ts';
import type { ConversationSummary } from './conversation-summary.ts';
import type { Applied } from './conversation-view.ts';
import { Emitter } from './emitter.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import { Outbox, type OutboxChange } from './outbox.ts';
import { People } from './people.ts';
import { ServerClock } from './server-clock.ts';
import { Session, type SessionEnd } from './session.ts';
import { Store } from './store.ts';

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
  /** An own message was handed in, stored, refused or given up. */
  readonly outbox: OutboxChange;
  readonly connection: ConnectionState;
  /** A person has to sign in again. */
  readonly ended: SessionEnd;
  /** The person is not in this conversation any more. */
  readonly removed: Conversation;
}

export interface ChatSnapshot {
  readonly connection: ConnectionState;
  readonly userId: string | undefined;
  readonly conversations: readonly ConversationSummary[];
  readonly unreadCount: number;
}

interface Running {
  readonly session: Session;
  readonly connection: Connection;
  readonly api: Api;
  /** For what is shown by itself. */
  readonly hasty: Api;
  readonly outbox: Outbox;
  readonly people: People;
  readonly registry: ConversationRegistry;
}

/** One person on one device: signed in, connected, and up to date. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #publicApi: Api;
  readonly #events = new Emitter<ChatEvents>();
  readonly #store = new Store(() => this.#snapshot());
  /** By conversation, and kept when one is lost: who is let in again is not told twice of what was said before. */
  readonly #announced = new Map<string, number>();
  readonly #clock = new ServerClock();
  #running: Running | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#publicApi = new Api({ url: options.url });
  }

  get subscribe(): (listener: () => void) => () => void {
    return this.#store.subscribe;
  }

  get getSnapshot(): () => ChatSnapshot {
    return this.#store.getSnapshot;
  }

  get tokens(): TokensView | undefined {
    return this.#running?.session.tokens;
  }

  /** The whole REST side, as the person who is signed in. */
  get api(): Api {
    return this.#live().api;
  }

  get blocks(): Blocks {
    return new Blocks(this.#live().api);
  }

  get connection(): Connection {
    return this.#live().connection;
  }

  on<Name extends keyof ChatEvents>(name: Name, handler: (event: ChatEvents[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  async signIn(body: CallOf<'signIn'>['body']): Promise<void> {
    await this.#run(await this.#publicApi.call('signIn', { body }));
  }

  async register(body: CallOf<'register'>['body']): Promise<void> {
    await this.#run(await this.#publicApi.call('register', { body }));
  }

  /** Goes on with the tokens of an earlier process. */
  async resume(tokens: TokensView): Promise<void> {
    await this.#run(tokens);
  }

  async signOut(): Promise<void> {
    const session = this.#running?.session;
    this.close();
    await session?.signOut();
  }

  close(): void {
    this.#running?.outbox.pause();
    this.#running?.registry.disconnected();
    this.#running?.connection.close();
  }

  /** Nothing is on its way, to this device or from it. */
  get isSettled(): boolean {
    return this.unsentCount === 0 && this.#running?.registry.isUpToDate === true;
  }

  /** How many messages are still on their way. */
  get unsentCount(): number {
    return this.#running?.outbox.length ?? 0;
  }

  /** The latest activity first. */
  conversations(): readonly ConversationSummary[] {
    return this.#store.getSnapshot().conversations;
  }

  conversation(conversationId: string): Conversation | undefined {
    return this.#running?.registry.get(conversationId);
  }

  /** The name to show; the id until it is known. */
  nameOf(userId: string): string {
    return this.#running?.people.get(userId)?.displayName ?? userId;
  }

  async findPeople(text: string): Promise<readonly PersonView[]> {
    const { hasty, people } = this.#live();
    const { data } = await hasty.call('listPeople', { query: { q: text } });
    people.learn(data);
    return data;
  }

  /**
   * What was said in the own conversations. A page may be short, even empty, and yet have more after it: ask on with
   * its `nextCursor` and the same words.
   */
  async search(
    query: NonNullable<CallOf<'searchMessages'>['query']>,
  ): Promise<AnswerOfRoute<'searchMessages'>> {
    const { hasty, people } = this.#live();
    const answer = await hasty.call('searchMessages', { query });
    people.want(answer.data.map(({ message }) => message.senderId));
    return answer;
  }

  /** The one chat with this person, opened now or long ago. */
  startDirect(recipientId: string): Promise<Conversation> {
    const { api } = this.#live();
    return this.#start((idempotencyKey) =>
      api.call('startDirect', { body: { recipientId }, idempotencyKey }),
    );
  }

  startGroup(group: CallOf<'startGroup'>['body']): Promise<Conversation> {
    const { api } = this.#live();
    return this.#start((idempotencyKey) => api.call('startGroup', { body: group, idempotencyKey }));
  }

  /** Which group a code lets into. */
  findInvite(code: string): Promise<AnswerOfRoute<'getInvite'>> {
    return this.#live().api.call('getInvite', { params: { code } });
  }

  acceptInvite(code: string): Promise<Conversation> {
    const { api } = this.#live();
    return this.#start((idempotencyKey) => api.call('acceptInvite', { params: { code }, idempotencyKey }));
  }

  /** Tries a failed message again. */
  retry(key: string): void {
    this.#live().outbox.retry(key);
  }

  discard(key: string): void {
    this.#live().outbox.discard(key);
  }

  async #start(ask: (idempotencyKey: string) => Promise<ListedConversation>): Promise<Conversation> {
    const { registry } = this.#live();
    return registry.take(await act(ask));
  }

  async #run(tokens: TokensView): Promise<void> {
    this.close();
    const running = this.#build(tokens);
    this.#running = running;
    await running.outbox.restore();
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(notSent('The conversations could not be loaded.')),
        READY_WAIT_MS,
      );
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      running.connection.on('connected', ({ serverTime }) => {
        this.#clock.set(serverTime);
        running.outbox.resume();
        void this.#catchUp(running).then((isDone) => isDone && settle(resolve));
      });
      running.connection.onState((state) => {
        if (state === 'stopped') settle(() => reject(running.connection.stoppedBy ?? notSent('Closed.')));
      });
    });
    running.connection.start();
    await ready;
  }

  /** Keeps at it while this connection lasts; the next one starts anew. */
  async #catchUp({ registry, connection }: Running): Promise<boolean> {
    const dropped = new AbortController();
    const forget = connection.onState(() => dropped.abort());
    try {
      for (let tries = 0; !dropped.signal.aborted; tries += 1) {
        try {
          await registry.connected();
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

  #build(tokens: TokensView): Running {
    const { url, onTokens, transports, outboxStorage } = this.#options;
    const session = new Session(this.#publicApi, tokens, {
      ...(onTokens === undefined ? {} : { onTokens }),
      onEnd: (reason) => this.#events.emit('ended', reason),
    });
    const api = this.#publicApi.as(session);
    // What is shown goes on by live events: rather a list that lags at first than none.
    const hasty = api.hasty();
    const connection = new Connection({
      url,
      tokens: session,
      ...(transports === undefined ? {} : { transports }),
    });
    const outbox: Outbox = new Outbox({
      send: ({ conversationId, clientMessageId, content }) =>
        connection.request('send_message', { conversationId, clientMessageId, content }),
      newId: () => this.#clock.newClientMessageId(),
      onChange: (change) => {
        registry.takeOutbox(change);
        this.#events.emit('outbox', change);
      },
      ...(outboxStorage === undefined ? {} : { storage: outboxStorage }),
    });
    const onChanged = (): void => this.#store.changed();
    const people = new People(hasty, onChanged);
    const registry = new ConversationRegistry({
      api: hasty,
      strict: api,
      connection,
      outbox,
      people,
      onChanged,
      myId: () => tokens.userId,
      onApplied: (conversation, applied) => this.#announce(conversation, applied),
      onRemoved: (conversation) => this.#events.emit('removed', conversation),
    });
    connection.onState((state) => {
      if (state !== 'connected') {
        outbox.pause();
        registry.disconnected();
      }
      this.#events.emit('connection', state);
      onChanged();
    });
    return { session, connection, api, hasty, outbox, people, registry };
  }

  #announce(conversation: Conversation, { events }: Applied): void {
    const announced = this.#announced.get(conversation.conversationId) ?? 0;
    for (const event of events) {
      // A view that starts over meets its messages again.
      if (event.kind !== 'message' || event.seq <= announced) continue;
      this.#announced.set(conversation.conversationId, event.seq);
      this.#running?.people.want([event.message.senderId]);
      this.#events.emit('message', { message: event.message, conversation });
    }
  }

  #live(): Running {
    if (this.#running === undefined) throw notSent('Not signed in.');
    return this.#running;
  }

  #snapshot(): ChatSnapshot {
    const conversations = this.#running?.registry.summaries() ?? [];
    return {
      connection: this.#running?.connection.state ?? 'idle',
      userId: this.#running?.session.tokens.userId,
      conversations,
      unreadCount: conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
    };
  }
}
