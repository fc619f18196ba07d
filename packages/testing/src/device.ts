import { Chat, type Conversation, type ConnectionState } from '@parley/client';
import {
  isSystemMessage,
  type MessageView,
  serverEvents,
  type ServerEventName,
  type ServerEventOf,
  type TokensView,
  type UserId,
  wordsOf,
} from '@parley/contracts';

import type { Delivery, DeviceView } from './deliveries.ts';
import { layLine, type Line } from './line.ts';
import { until } from './until.ts';

/** A conversation as a test speaks of it. */
export interface Place {
  readonly name: string;
  readonly conversationId: string;
}

interface Heard {
  readonly name: string;
  readonly event: unknown;
}

/** How far an own message comes, step by step. */
const TICKS = ['sent', 'delivered', 'read'] as const;
type Tick = (typeof TICKS)[number];

const RECORDED_EVENTS = Object.keys(serverEvents) as ServerEventName[];

/** One device of a person: the SDK on a line that can be cut, and everything that it heard. */
export class Device {
  readonly name: string;
  readonly chat: Chat;
  readonly userId: UserId;
  readonly #line: Line;
  readonly #heard: Heard[] = [];

  private constructor(name: string, line: Line, chat: Chat) {
    this.name = name;
    this.#line = line;
    this.chat = chat;
    // Known for as long as the device is, also after it was signed out.
    this.userId = this.tokens.userId;
  }

  static async open(
    name: string,
    gatewayUrl: string,
    enter: (chat: Chat) => Promise<unknown>,
  ): Promise<Device> {
    const line = await layLine(gatewayUrl);
    const chat = new Chat({ url: line.url, transports: ['websocket'] });
    await enter(chat);
    const device = new Device(name, line, chat);
    for (const event of RECORDED_EVENTS) {
      device.chat.connection.on(event, (said) => device.#heard.push({ name: event, event: said }));
    }
    return device;
  }

  get tokens(): TokensView {
    const { tokens } = this.chat;
    if (tokens === undefined) throw new Error(`${this.name} is not signed in`);
    return tokens;
  }

  /** All events of a kind, in the order in which they came. */
  heard<Name extends ServerEventName>(name: Name): readonly ServerEventOf<Name>[] {
    return this.#heard.filter((one) => one.name === name).map(({ event }) => event as ServerEventOf<Name>);
  }

  /** Everything that was said to it by itself. */
  get deliveries(): readonly Delivery[] {
    const { name: device, userId } = this;
    return this.#heard.map(({ name, event }) => ({ device, userId, name, said: event }));
  }

  /** What it shows of each conversation, as it is now. */
  views(): readonly DeviceView[] {
    return this.chat.conversations().flatMap(({ conversationId }) => {
      const view = this.chat.conversation(conversationId)?.state.view;
      if (view === undefined) return [];
      const seqs = view.messages.map(({ seq }) => seq);
      const { name: device, userId } = this;
      return [{ device, userId, conversationId, floor: view.floor, cursor: view.cursor, seqs }];
    });
  }

  /** The first event of a kind that fits, whether it has come or is still to come. */
  hears<Name extends ServerEventName>(
    name: Name,
    fits: (event: ServerEventOf<Name>) => boolean = () => true,
  ): Promise<ServerEventOf<Name>> {
    return until({
      look: () => this.heard(name).find((event) => fits(event)),
      instead: () => `${this.name} heard no such ${name}, only ${JSON.stringify(this.heard(name))}`,
    });
  }

  /** The conversation on this device, once it has heard of it. */
  at(place: Place): Promise<Conversation> {
    return until({
      look: () => this.chat.conversation(place.conversationId),
      instead: () => `${this.name} has not heard of ${place.name}`,
    });
  }

  /** Opens it as a person would: the newest page, the members, how far everybody has read. */
  async opens(place: Place): Promise<Conversation> {
    const conversation = await this.at(place);
    await conversation.open();
    return conversation;
  }

  /** What stands in its view, in order: what was said, and the lines that nobody said. */
  timelineIn(place: Place): readonly MessageView[] {
    return this.chat.conversation(place.conversationId)?.state.view.messages ?? [];
  }

  /** What people have said in it. */
  messagesIn(place: Place): readonly MessageView[] {
    return this.timelineIn(place).filter((message) => !isSystemMessage(message));
  }

  textsIn(place: Place): readonly string[] {
    return this.messagesIn(place).map(({ content }) => wordsOf(content));
  }

  /** Hands a message in, and does not wait. */
  async hands(text: string, { in: place }: { readonly in: Place }): Promise<string> {
    const conversation = await this.at(place);
    return conversation.send(text).key;
  }

  /** Until a message has got as far as a tick, or further. */
  async ticks(key: string, place: Place, tick: Tick): Promise<void> {
    const conversation = await this.at(place);
    const hasCome = () => TICKS.indexOf(conversation.statusOf(key) as Tick) >= TICKS.indexOf(tick);
    await until({
      look: () => (hasCome() ? true : undefined),
      instead: () => `${key} is ${conversation.statusOf(key)} on ${this.name}, not ${tick}`,
    });
  }

  /** Until it has heard and told all that there is; one that is cut off has nobody to tell. */
  async settles(): Promise<void> {
    await until({
      look: () => (this.chat.isSettled || this.chat.connection.state !== 'connected' ? true : undefined),
      instead: () => `${this.name} still has something to tell`,
    });
  }

  async goesOffline(): Promise<void> {
    this.#line.cut();
    await this.becomes((state) => state !== 'connected');
  }

  async comesBack(): Promise<void> {
    this.#line.mend();
    this.chat.connection.retryNow();
    await this.becomes((state) => state === 'connected');
  }

  async becomes(fits: (state: ConnectionState) => boolean): Promise<void> {
    await until({
      look: () => (fits(this.chat.connection.state) ? true : undefined),
      instead: () => `the connection of ${this.name} is ${this.chat.connection.state}`,
    });
  }

  async close(): Promise<void> {
    this.chat.close();
    await this.#line.close();
  }
}
