import {
  CLIENT_CLOCK_LEAD_MS_MAX,
  type CommandOf,
  type ConversationId,
  failed,
  isMember,
  type Membership,
  type MessageView,
  ok,
  type Outcome,
  refused,
  sentMessageView,
  uuidV7TimeMs,
} from '@parley/contracts';
import {
  AggregateCache,
  type EventStore,
  formatPosition,
  handleCommand,
  loadAggregate,
} from '@parley/event-sourcing';

import { reactionOf } from '../domain/decide-changes.ts';
import type { decideForward, DecidedCommandContract, decideSend } from '../domain/decided-commands.ts';
import { type KnownMessage, knownMessage } from '../domain/known-message.ts';
import type { MessageState } from '../domain/message-state.ts';
import { findRecentSend } from '../domain/recent-sends.ts';
import { hasWords } from '../domain/wording.ts';
import type { Change, Forward, Hide, LookedUp, LookUps, Pinned, Send } from './look-ups.ts';
import { type ConversationLog, type MessageAggregate, messageAggregate } from './message-aggregate.ts';
import { SendFactsRoom, type TakeFiles } from './send-facts.ts';

/** How many conversations are held ready. */
const CONVERSATION_COUNT_MAX = 20_000;

export interface Delivered {
  readonly redeliveredFrom: Date | undefined;
}

/** Sends and changes: brings the facts together, lets the rules decide, appends. */
export class MessageCommands {
  readonly #store: EventStore<ConversationLog>;
  readonly #lookUps: LookUps;
  readonly #sendFacts: SendFactsRoom;
  readonly #cache = new AggregateCache<MessageState>(CONVERSATION_COUNT_MAX);
  readonly #definition: MessageAggregate;

  constructor(store: EventStore<ConversationLog>, lookUps: LookUps, takeFiles: TakeFiles) {
    this.#store = store;
    this.#lookUps = lookUps;
    this.#sendFacts = new SendFactsRoom(store, lookUps, takeFiles);
    this.#definition = messageAggregate(store);
  }

  /** The message as it is stored, whether by this call or by an earlier one with the same id. */
  async send(command: Send, delivered: Delivered): Promise<Outcome> {
    const earlier = await this.#earlierThanFold(command);
    if (typeof earlier === 'string') return failed(earlier);
    const facts = await this.#factsOf(command, earlier);
    if (facts.kind !== 'ok') return facts;

    const data = { ...command.data, ...facts.answer, earlier: earlier.found?.send };
    return this.#write({ ...command, data }, { ...delivered, earlier: earlier.found?.view });
  }

  /** The same for what was said somewhere else. */
  async forward(command: Forward, delivered: Delivered): Promise<Outcome> {
    const earlier = await this.#earlierThanFold(command);
    if (typeof earlier === 'string') return failed(earlier);
    const source = await this.#lookUps.source(command);
    if (source === 'unavailable') return failed('unavailable');

    const data = { ...command.data, source: source.found, earlier: earlier.found?.send };
    return this.#write({ ...command, data }, { ...delivered, earlier: earlier.found?.view });
  }

  async #write(
    command: CommandOf<typeof decideSend | typeof decideForward>,
    { redeliveredFrom, earlier }: Delivered & { readonly earlier: MessageView | undefined },
  ): Promise<Outcome> {
    const { conversationId } = command.data;
    const request = { aggregateId: conversationId, command, redeliveredFrom };
    const { decision, recorded, after } = await handleCommand(this.#definition, this.#cache, request);
    if (!decision.accepted) return refused(decision.code, decision.details);

    const [sent] = recorded;
    if (sent?.type === 'message.sent') {
      return ok({ message: sentMessageView(sent) }, formatPosition('conv', sent.position));
    }
    const message = earlier ?? (await this.#recentlySent(after.state, command.data));
    if (isMember(after.state.membership, command.meta.actorId)) {
      return ok({ message }, formatPosition('conv', after.position));
    }
    // Who has gone hears again what they have said, but not how the conversation went on.
    return ok({ message: asSent(message) }, formatPosition('conv', 0));
  }

  /** What was changed, by this call or by an earlier one. */
  async change(command: Change, delivered: Delivered): Promise<Outcome> {
    const { conversationId } = command.data;
    const facts = await this.#factsFor(command);
    if (facts === 'unavailable') return failed(facts);

    const { decision, recorded, after } = await handleCommand(this.#definition, this.#cache, {
      aggregateId: conversationId,
      // TypeScript cannot see that a public command and its facts are the command that is decided.
      command: { ...command, data: { ...command.data, ...facts } } as CommandOf<DecidedCommandContract>,
      redeliveredFrom: delivered.redeliveredFrom,
    });
    if (!decision.accepted) return refused(decision.code, decision.details);

    const { seq = after.seq, at, position } = recorded.at(-1) ?? { ...after, at: command.meta.at };
    const known = knownMessage(after.state, subjectOf(command), facts.found);
    if (known === undefined) throw new Error('an accepted change is of a message that nobody knows');
    return ok({ ...changeOf(command, known), seq, at }, formatPosition('conv', position));
  }

  /** A message as somebody sees it who is there now; nothing for anybody else. */
  async shownTo(command: Hide): LookedUp<KnownMessage> {
    const { conversationId } = command.data;
    const loaded = await loadAggregate(this.#definition, conversationId, this.#cache.get(conversationId));
    this.#cache.set(conversationId, loaded);
    if (!isMember(loaded.state.membership, command.meta.actorId)) return { found: undefined };
    const known = knownMessage(loaded.state, subjectOf(command));
    return known ? { found: known } : this.#lookUps.message(command, loaded.position);
  }

  /** Who is in a conversation, and how far it has come, now. */
  async atTail(
    conversationId: ConversationId,
  ): Promise<{ readonly membership: Membership; readonly headSeq: number }> {
    const loaded = await loadAggregate(this.#definition, conversationId, this.#cache.get(conversationId));
    this.#cache.set(conversationId, loaded);
    return { membership: loaded.state.membership, headSeq: loaded.seq };
  }

  /** A send of the fold, which keeps only where in the log it lies; of a deleted one nothing but its place is left. */
  async #recentlySent(
    { recent, changes }: MessageState,
    { conversationId, messageId }: Pick<Send['data'], 'conversationId' | 'messageId'>,
  ): Promise<MessageView> {
    const send = findRecentSend(recent, messageId);
    if (send === undefined) throw new Error('an accepted send is in no place where it could be');
    const range = { after: send.position - 1, upTo: send.position };
    const [event] = await this.#store.readLane(conversationId, 'm', range);
    if (event?.type !== 'message.sent') throw new Error('a send of the fold is not in the log');
    const view = sentMessageView(event);
    const deleted = knownMessage({ recent, changes }, { messageId, actorId: event.actorId })?.deleted;
    return deleted ? { ...view, content: null, deletedAt: deleted.at, deletedBy: deleted.by } : view;
  }

  /** A plain message needs no facts. Another one is looked at where the log ends now. */
  async #factsOf(command: Send, earlier: { readonly found: unknown }) {
    const { conversationId, content, replyToId } = command.data;
    const isPlain = replyToId === undefined && !('attachments' in content);
    if (isPlain || earlier.found !== undefined) return ok({});
    const loaded = await loadAggregate(this.#definition, conversationId, this.#cache.get(conversationId));
    this.#cache.set(conversationId, loaded);
    return this.#sendFacts.gather(command, loaded);
  }

  /**
   * The time in a clientMessageId says whether the fold would know an earlier send under it. Where it would not,
   * the read model is asked, at a position that covers everything the fold has dropped.
   */
  async #earlierThanFold(command: Send | Forward): ReturnType<LookUps['earlierSend']> {
    const { conversationId, messageId, clientMessageId } = command.data;
    const loaded = this.#cache.get(conversationId) ?? (await loadAggregate(this.#definition, conversationId));
    this.#cache.set(conversationId, loaded);
    const knownSinceMs = loaded.state.recent.completeSinceMs + CLIENT_CLOCK_LEAD_MS_MAX;
    const foldWouldKnow = uuidV7TimeMs(clientMessageId) > knownSinceMs;
    if (foldWouldKnow || findRecentSend(loaded.state.recent, messageId)) return { found: undefined };
    return this.#lookUps.earlierSend(command, loaded.position);
  }

  /** What the rules need to know and the fold does not hold. */
  async #factsFor(
    command: Change,
  ): Promise<{ readonly found?: KnownMessage; readonly pinned?: Pinned } | 'unavailable'> {
    const { conversationId } = command.data;
    const cached = this.#cache.get(conversationId);
    const isPin = command.type === 'message.pin';
    // What the fold knows needs no look: recent messages are changed even while the read model is away.
    if (cached && !isPin && isKnownEnough(cached.state, command)) return {};
    // At the tail, so that what is folded after the look is little, and all of it is remembered.
    const loaded = await loadAggregate(this.#definition, conversationId, cached);
    this.#cache.set(conversationId, loaded);
    const message = isKnownEnough(loaded.state, command)
      ? { found: undefined }
      : await this.#lookUps.message(command, loaded.position);
    const pinned = isPin ? await this.#lookUps.pinned(command, loaded.position) : { found: undefined };
    if (message === 'unavailable' || pinned === 'unavailable') return 'unavailable';
    return {
      ...(message.found ? { found: message.found } : {}),
      ...(pinned.found ? { pinned: pinned.found } : {}),
    };
  }
}

/** Without what others have done to it. What was deleted stays so: its words are nowhere to be read. */
function asSent(message: MessageView): MessageView {
  return { ...message, changedSeq: message.seq, isPinned: false, reactions: [] };
}

function subjectOf({ data, meta }: Pick<Change | Hide, 'data' | 'meta'>) {
  return { messageId: data.messageId, actorId: meta.actorId };
}

/** The fold keeps no words: for an edit they are enough that come with it, unless something else stands beside them. */
function isKnownEnough(state: MessageState, command: Change): boolean {
  const known = knownMessage(state, subjectOf(command));
  if (known === undefined) return false;
  return command.type !== 'message.edit' || known.type === 'text' || !hasWords(known.type);
}

/** What is answered of a change: the message, and what stands there now where that is asked for. */
function changeOf(command: Change, known: KnownMessage) {
  const { conversationId, messageId } = command.data;
  const change = { conversationId, messageId, messageSeq: known.seq };
  if (command.type !== 'message.react' && command.type !== 'message.remove-reaction') return change;
  const { emoji } = command.data;
  const { count, own } = reactionOf(known, emoji);
  return { ...change, emoji, count, own };
}
