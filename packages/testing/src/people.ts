import { ApiError, type Chat } from '@parley/client';
import { isSystemMessage, type MessageView, type UserId } from '@parley/contracts';

import { ApiInStory } from './api-in-story.ts';
import { Device, type Place } from './device.ts';
import { until } from './until.ts';

/** Where something is said, and from which device; the person's first one unless told. */
export interface In {
  readonly in: Place;
  readonly from?: Device;
}

const PASSWORD = 'correct horse battery staple';

interface PersonParts {
  readonly name: string;
  readonly username: string;
  readonly gatewayUrls: readonly string[];
  /** The last position of each log, as a client names it. */
  readonly endsOfLogs: () => Promise<readonly string[]>;
}

/** Somebody, with one device or several. Verbs wait until what they say is stored. */
export class Person {
  readonly name: string;
  readonly username: string;
  readonly password = PASSWORD;
  readonly devices: Device[] = [];
  readonly api: ApiInStory;
  readonly #gatewayUrls: readonly string[];

  constructor({ name, username, gatewayUrls, endsOfLogs }: PersonParts) {
    this.name = name;
    this.username = username;
    this.api = new ApiInStory(() => this.device.chat.api, endsOfLogs);
    this.#gatewayUrls = gatewayUrls;
  }

  /** The device that the person holds. */
  get device(): Device {
    const [first] = this.devices;
    if (first === undefined) throw new Error(`${this.name} has no device yet`);
    return first;
  }

  get userId(): UserId {
    return this.device.userId;
  }

  async registers(): Promise<Device> {
    const { username, password, name: displayName } = this;
    const device = await this.#add('phone', (chat) => chat.register({ username, password, displayName }));
    // Until everybody who lists people knows the name: this answer includes the registration.
    await device.chat.api.call('listConversations');
    return device;
  }

  /** Signs in on one more device, which stands on another gateway than the one before. */
  async takesAnotherDevice(name = 'laptop'): Promise<Device> {
    const { username, password } = this;
    return this.#add(name, (chat) => chat.signIn({ username, password, device: { name } }));
  }

  async startsGroup(name: string, { with: others }: { readonly with: readonly Person[] }): Promise<Place> {
    const memberIds = others.map(({ userId }) => userId);
    const { conversationId } = await this.device.chat.startGroup({ name, memberIds });
    return { name, conversationId };
  }

  async startsDirect(other: Person): Promise<Place> {
    const { conversationId } = await this.device.chat.startDirect(other.userId);
    return { name: `${this.name} and ${other.name}`, conversationId };
  }

  /** Says it, and comes back with what was stored. */
  async says(text: string, { in: place, from = this.device }: In): Promise<MessageView> {
    const key = await from.hands(text, { in: place });
    return until({
      look: () => from.messagesIn(place).find(({ clientMessageId }) => clientMessageId === key),
      instead: () => `"${text}" of ${from.name} has no place in ${place.name}`,
    });
  }

  async adds(others: readonly Person[], { to }: { readonly to: Place }): Promise<string> {
    const userIds = others.map(({ userId }) => userId);
    const { position } = await this.api.call('addMembers', {
      params: { id: to.conversationId },
      body: { userIds },
    });
    return position;
  }

  async removes(other: Person, { from }: { readonly from: Place }): Promise<string> {
    const { position } = await this.api.call('removeMember', {
      params: { id: from.conversationId, userId: other.userId },
    });
    return position;
  }

  async leaves(place: Place): Promise<string> {
    const { position } = await this.api.call('leave', { params: { id: place.conversationId } });
    return position;
  }

  /** What people have said on the newest page of the history; with a position, including that. */
  async history(place: Place, minPosition?: string): Promise<readonly MessageView[]> {
    return (await this.timeline(place, minPosition)).filter((message) => !isSystemMessage(message));
  }

  /** The newest page of the history, as REST has it. */
  async timeline(place: Place, minPosition?: string): Promise<readonly MessageView[]> {
    const { data } = await this.api.call('listMessages', {
      params: { id: place.conversationId },
      ...(minPosition === undefined ? {} : { minPosition }),
    });
    return data;
  }

  async goesOffline(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.goesOffline()));
  }

  async comesBack(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.comesBack()));
  }

  async #add(name: string, enter: (chat: Chat) => Promise<unknown>): Promise<Device> {
    const gatewayUrl = this.#gatewayUrls[this.devices.length % this.#gatewayUrls.length];
    if (gatewayUrl === undefined) throw new Error('there is no gateway');
    const enterInTheEnd = (chat: Chat) =>
      until({
        // Many at once have more passwords to hash than a busy machine does in the time it gives them.
        look: () => enter(chat).then(() => true as const, unlessAway),
        instead: () => `${this.name} was sent away again and again`,
      });
    const device = await Device.open(`${this.name}'s ${name}`, gatewayUrl, enterInTheEnd);
    this.devices.push(device);
    return device;
  }
}

/** Definite, and nothing was done: who is told may ask again. */
function unlessAway(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.code !== 'UNAVAILABLE') throw error;
}
