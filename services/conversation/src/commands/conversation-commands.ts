import {
  type checkPicture,
  type CommandOf,
  type ConversationCommandContract,
  type ConversationEvent,
  type ConversationId,
  failed,
  type FileId,
  ok,
  type Outcome,
  refused,
  type startGroup,
  type updateConversation,
  type UserId,
} from '@parley/contracts';
import {
  AggregateCache,
  type AggregateDefinition,
  type EventStore,
  formatPosition,
  handleCommand,
  loadAggregate,
  type Loaded,
  type SnapshotStore,
} from '@parley/event-sourcing';

import type { Conversation } from '../domain/conversation.ts';
import { conversation } from '../domain/conversation.decider.ts';
import {
  CONVERSATION_SNAPSHOT_VERSION,
  decodeConversation,
  encodeConversation,
} from '../domain/conversation-snapshot.ts';
import type { DecidedCommandContract } from '../domain/decided-commands.ts';

/** How many conversations are held ready. */
const CONVERSATION_COUNT_MAX = 5_000;
/** How far back a command is looked for that an earlier try may have done: a client gives up its retries before. */
export const EARLIER_TRY_MS_MAX = 120_000;

export type ConversationCommand = CommandOf<ConversationCommandContract>;

/** Which of these people nobody has heard of. */
export type FindUnknownPeople = (userIds: readonly UserId[]) => Promise<UserId[]>;

export interface Delivered {
  readonly redeliveredFrom: Date | undefined;
}

/** Which of these people have blocked somebody. */
export type FindRefusingPeople = (userIds: readonly UserId[], refused: UserId) => Promise<UserId[]>;

/** Asks the file service whether a file is a picture that whoever acts may show. */
export type CheckPicture = (
  fileId: FileId,
  meta: Pick<ConversationCommand['meta'], 'tenant' | 'actorId' | 'correlationId'>,
) => Promise<Outcome<unknown, (typeof checkPicture)['rejections'][number]>>;

/** Openings and changes of conversations: looks up who exists, lets the rules decide, appends. */
export class ConversationCommands {
  readonly #findUnknownPeople: FindUnknownPeople;
  readonly #findRefusingPeople: FindRefusingPeople;
  readonly #checkPicture: CheckPicture;
  readonly #cache = new AggregateCache<Conversation>(CONVERSATION_COUNT_MAX);
  readonly #definition: AggregateDefinition<
    Conversation,
    DecidedCommandContract,
    ConversationEvent,
    ConversationEvent
  >;

  constructor(
    store: EventStore<ConversationEvent>,
    snapshots: SnapshotStore,
    around: {
      readonly findUnknown: FindUnknownPeople;
      readonly findRefusing: FindRefusingPeople;
      readonly checkPicture: CheckPicture;
    },
  ) {
    this.#findUnknownPeople = around.findUnknown;
    this.#findRefusingPeople = around.findRefusing;
    this.#checkPicture = around.checkPicture;
    this.#definition = {
      decider: conversation,
      store,
      // What is said in a conversation does not change who may change it.
      lanes: ['c'],
      earlierTry: () => ({ lane: 'c', range: { since: new Date(Date.now() - EARLIER_TRY_MS_MAX) } }),
      snapshots: {
        store: snapshots,
        key: (aggregateId) => `conversation.v${CONVERSATION_SNAPSHOT_VERSION}.${aggregateId}`,
        encode: encodeConversation,
        decode: decodeConversation,
      },
    };
  }

  /** The conversation's number after the change; the same again for a repeat. */
  async handle(command: ConversationCommand, delivered: Delivered): Promise<Outcome> {
    const { conversationId } = command.data;
    const decided = await this.#withFacts(command);
    if (decided === 'unavailable') return failed(decided);
    const { decision, recorded, after } = await handleCommand(this.#definition, this.#cache, {
      aggregateId: conversationId,
      command: decided,
      redeliveredFrom: delivered.redeliveredFrom,
    });
    if (!decision.accepted) return refused(decision.code, decision.details);

    const { seq, position } = recorded.at(-1) ?? after;
    return ok({ conversationId, seq: seq ?? after.seq }, formatPosition('conv', position));
  }

  /** A conversation as it is now, for what is decided beside it. */
  async atTail(conversationId: ConversationId): Promise<Loaded<Conversation>> {
    const loaded = await loadAggregate(this.#definition, conversationId, this.#cache.get(conversationId));
    this.#cache.set(conversationId, loaded);
    return loaded;
  }

  async #withFacts(command: ConversationCommand): Promise<CommandOf<DecidedCommandContract> | 'unavailable'> {
    if (command.type === 'conversation.start-direct') {
      const unknownIds = await this.#findUnknownPeople([command.data.recipientId]);
      return { ...command, data: { ...command.data, unknownIds } };
    }
    if (command.type === 'conversation.start-group') {
      const invited = await this.#invited(command.data.memberIds, command.meta.actorId);
      const pictured = await this.#pictured(command);
      if (pictured === 'unavailable') return pictured;
      return { ...command, data: { ...command.data, ...invited, ...pictured } };
    }
    if (command.type === 'conversation.update') {
      const pictured = await this.#pictured(command);
      return pictured === 'unavailable' ? pictured : { ...command, data: { ...command.data, ...pictured } };
    }
    if (command.type === 'conversation.add-members') {
      const invited = await this.#invited(command.data.userIds, command.meta.actorId);
      return { ...command, data: { ...command.data, ...invited } };
    }
    if (command.type === 'conversation.block-person') {
      const unknownIds = await this.#findUnknownPeople([command.data.blockedId]);
      return { ...command, data: { ...command.data, unknownIds } };
    }
    return command;
  }

  /** Of people who are to be in a group: who is nobody, and who takes nothing from whoever names them. */
  async #invited(named: readonly UserId[], actorId: UserId) {
    const userIds = [...new Set(named)];
    const [unknownIds, refusingIds] = await Promise.all([
      this.#findUnknownPeople(userIds),
      this.#findRefusingPeople(userIds, actorId),
    ]);
    return { unknownIds, refusingIds };
  }

  /** What is wrong with the picture that a group is to have. */
  async #pictured({
    data: { avatarFileId },
    meta,
  }: CommandOf<typeof startGroup | typeof updateConversation>) {
    if (typeof avatarFileId !== 'string') return {};
    const checked = await this.#checkPicture(avatarFileId, meta);
    if (checked.kind === 'failed') return 'unavailable' as const;
    return checked.kind === 'refused' ? { pictureRefusal: checked.rejection } : {};
  }
}
