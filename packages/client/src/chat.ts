import type { ConversationView as ListedConversation, PersonView, TokensView } from '@parley/contracts';

import { act, actOnce } from './act.ts';
import { Addresses } from './addresses.ts';
import { isGone, notSent } from './api-error.ts';
import { type AnswerOfRoute, Api, type CallOf } from './api.ts';
import { Blocks } from './blocks.ts';
import type { ChatMessage } from './chat-message.ts';
import type { Connection, ConnectionState } from './connection.ts';
import type { Conversation } from './conversation.ts';
import type { ConversationSummary } from './conversation-summary.ts';
import { Emitter } from './emitter.ts';
import { peopleIn } from './numbered-event.ts';
import type { OutboxChange } from './outbox.ts';
import type { Presence } from './presence.ts';
import { ServerClock } from './server-clock.ts';
import { type ChatEvents, type ChatOptions, SignedIn } from './signed-in.ts';
import { Store } from './store.ts';

export interface ChatSnapshot {
  readonly connection: ConnectionState;
  readonly userId: string | undefined;
  readonly conversations: readonly ConversationSummary[];
  readonly unreadCount: number;
}

/** One person on one device: signed in, connected, and up to date. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #addresses: Addresses;
  readonly #publicApi: Api;
  readonly #events = new Emitter<ChatEvents>();
  readonly #store = new Store(() => this.#snapshot());
  /** By conversation, and kept when one is lost: who is let in again is not told twice of what was said before. */
  readonly #announced = new Map<string, number>();
  readonly #clock = new ServerClock();
  #running: SignedIn | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#addresses = new Addresses(options.url);
    this.#publicApi = new Api({ url: this.#addresses });
  }

  get subscribe(): (listener: () => void) => () => void {
    return this.#store.subscribe;
  }

  get getSnapshot(): () => ChatSnapshot {
    return this.#store.getSnapshot;
  }

  /** Those of a sign-in; of a `token` that was given the app knows more. */
  get tokens(): TokensView | undefined {
    return this.#running?.session?.tokens;
  }

  get userId(): string | undefined {
    return this.#running?.userId;
  }

  /** The whole REST side, as the person who is signed in. */
  get api(): Api {
    return this.#live().api;
  }

  get blocks(): Blocks {
    return new Blocks(this.#live().api);
  }

  /** Who of the people on the screen is there. */
  get presence(): Presence {
    return this.#live().presence;
  }

  get connection(): Connection {
    return this.#live().connection;
  }

  on<Name extends keyof ChatEvents>(name: Name, handler: (event: ChatEvents[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  /** With the `token` that was given, until the conversations are here. It goes on trying where this says no in time. */
  async connect(): Promise<void> {
    await this.#run(undefined);
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
    this.#running?.close();
  }

  /** When everything unsent is written down: what was said until now outlives the process. */
  async kept(): Promise<void> {
    await this.#running?.outbox.kept();
  }

  /** Nothing is on its way, to this device or from it. */
  get isSettled(): boolean {
    return this.unsentCount === 0 && this.#running?.registry.isUpToDate === true;
  }

  /** How many messages are still on their way. */
  get unsentCount(): number {
    return this.#running?.outbox.waitingCount ?? 0;
  }

  /** What is on its way from this device, and what was refused and waits for its writer's word. */
  unsent(): readonly OutboxChange[] {
    return this.#running?.outbox.changes() ?? [];
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

  /** When everybody has a name whom a message is from or speaks of: for a screen that shows it once and for all. */
  async namesOf(message: Pick<ChatMessage, 'senderId' | 'content'>): Promise<void> {
    await this.#running?.people.named(peopleIn(message));
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

  /** Comes into a group that is open to everybody. */
  joinPublic(conversationId: string): Promise<Conversation> {
    const { api } = this.#live();
    const params = { id: conversationId };
    return this.#start((idempotencyKey) => api.call('joinPublic', { params, idempotencyKey }));
  }

  /** Makes the `fileId` by which one message can hold a file. */
  registerFile(description: CallOf<'registerFile'>['body']): Promise<AnswerOfRoute<'registerFile'>> {
    const { api } = this.#live();
    return act((idempotencyKey) => api.call('registerFile', { body: description, idempotencyKey }));
  }

  /** What can be sent as a sticker. */
  async stickerPacks(): Promise<AnswerOfRoute<'listStickerPacks'>['data']> {
    return (await this.#live().hasty.call('listStickerPacks')).data;
  }

  /** Chooses for oneself, on all devices; what is not named stays. */
  changeSettings(
    change: NonNullable<CallOf<'changeSettings'>['body']>,
  ): Promise<AnswerOfRoute<'changeSettings'>> {
    const { api } = this.#live();
    return act((idempotencyKey) => api.call('changeSettings', { body: change, idempotencyKey }));
  }

  /** Where this person is signed in, this device among them. */
  async devices(): Promise<AnswerOfRoute<'listDevices'>['data']> {
    return (await this.#live().api.call('listDevices')).data;
  }

  /** Signs one of them out. */
  endDevice(deviceId: string): Promise<void> {
    const { api } = this.#live();
    const params = { id: deviceId };
    return actOnce((idempotencyKey) => api.call('endDevice', { params, idempotencyKey }), isGone);
  }

  /** Whether the person is away from this device: all of theirs say so before others are told. */
  setAway(isAway: boolean): void {
    this.#live().presence.setAway(isAway);
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

  async #run(tokens: TokensView | undefined): Promise<void> {
    this.close();
    const running = new SignedIn(
      {
        options: this.#options,
        addresses: this.#addresses,
        publicApi: this.#publicApi,
        clock: this.#clock,
        announced: this.#announced,
        emit: (name, event) => this.#events.emit(name, event),
        onChanged: () => this.#store.changed(),
      },
      tokens,
    );
    this.#running = running;
    await running.start();
  }

  #live(): SignedIn {
    if (this.#running === undefined) throw notSent('Not signed in.');
    return this.#running;
  }

  #snapshot(): ChatSnapshot {
    const conversations = this.#running?.registry.summaries() ?? [];
    return {
      connection: this.#running?.connection.state ?? 'idle',
      userId: this.userId,
      conversations,
      unreadCount: conversations.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
    };
  }
}
