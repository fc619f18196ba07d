import {
  type ClientEventName,
  clientEvents,
  type EventNaming,
  type ServerEventName,
  serverEvents,
} from './socket.ts';

/** An event as the contract calls it. The name may be one that the contract does not have. */
export interface NamedEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** Other names that clients of either naming may use, in the contract's spelling. */
const synonyms: Readonly<Record<string, ClientEventName>> = {
  join_conversations: 'join_conversation',
  leave_conversations: 'leave_conversation',
};

/** Where the camelCase name is another word and not just another spelling. */
const ownWords: { readonly [Name in ServerEventName]?: string } = {
  messages_read: 'messageRead',
};

/** Every client event by its camelCase name. One that says two things by a field is {@link typing}. */
const camelClientEvents: ReadonlyMap<string, string> = new Map(
  [...Object.keys(clientEvents), ...Object.keys(synonyms)].map((name) => [camelOf(name), name]),
);

const camelServerEvents: ReadonlyMap<string, string> = new Map(
  (Object.keys(serverEvents) as ServerEventName[]).map((name) => [name, ownWords[name] ?? camelOf(name)]),
);

/** What a client means by an event, in the contract's words. A name that nobody knows stays as it is. */
export function clientEventNamed(naming: EventNaming, said: NamedEvent): NamedEvent {
  const { name, payload } = said;
  if (naming === 'snake_case') return { name: synonymOf(name), payload };
  if (name === 'typing') return typing(payload);
  const known = camelClientEvents.get(name);
  // A name in the other spelling is one that this socket did not ask for.
  return known === undefined ? { name: unknownName(name), payload } : { name: synonymOf(known), payload };
}

/** What an event from the server is called on a socket. */
export function serverEventNamed(naming: EventNaming, name: string): string {
  return naming === 'snake_case' ? name : (camelServerEvents.get(name) ?? name);
}

/** `typing { isTyping }` is the one event that stands for two. */
function typing(payload: unknown): NamedEvent {
  if (typeof payload !== 'object' || payload === null) return { name: 'typing_start', payload };
  const { isTyping, ...rest } = payload as { readonly isTyping?: unknown };
  // What is neither yes nor no goes on as it is, and is refused as a field that nobody knows.
  if (typeof isTyping !== 'boolean') return { name: 'typing_start', payload };
  return { name: isTyping ? 'typing_start' : 'typing_stop', payload: rest };
}

function synonymOf(name: string): string {
  return Object.hasOwn(synonyms, name) ? (synonyms[name] ?? name) : name;
}

function unknownName(name: string): string {
  return Object.hasOwn(clientEvents, name) || Object.hasOwn(synonyms, name) ? `${name} (in camelCase)` : name;
}

function camelOf(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
