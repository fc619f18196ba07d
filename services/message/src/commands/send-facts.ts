import {
  type attachFiles,
  type CommandOf,
  type ConversationId,
  failed,
  type FileKind,
  type MessageId,
  ok,
  type Outcome,
  refused,
  type SentContent,
} from '@parley/contracts';
import type { EventStore, Loaded } from '@parley/event-sourcing';

import type { decideSend } from '../domain/decided-commands.ts';
import { type KnownMessage, knownMessage } from '../domain/known-message.ts';
import type { MessageState } from '../domain/message-state.ts';
import { findRecentSend } from '../domain/recent-sends.ts';
import { refusalOfContent, refusalToWrite } from '../domain/sending.ts';
import type { LookUps, Send } from './look-ups.ts';
import type { ConversationLog } from './message-aggregate.ts';

type AttachFiles = CommandOf<typeof attachFiles>['data'];

/** Asks the file service to give a sender's files to a message. */
export type TakeFiles = (
  files: AttachFiles,
  meta: Pick<Send['meta'], 'tenant' | 'actorId' | 'correlationId'>,
) => Promise<
  Outcome<
    { readonly files: NonNullable<CommandOf<typeof decideSend>['data']['files']> },
    (typeof attachFiles)['rejections'][number]
  >
>;

type SendFacts = Pick<CommandOf<typeof decideSend>['data'], 'quoted' | 'files'>;

/** What the rules of sending need beside the fold: the message that is answered, and the files that go along. */
export class SendFactsRoom {
  readonly #store: EventStore<ConversationLog>;
  readonly #lookUps: LookUps;
  readonly #takeFiles: TakeFiles;

  constructor(store: EventStore<ConversationLog>, lookUps: LookUps, takeFiles: TakeFiles) {
    this.#store = store;
    this.#lookUps = lookUps;
    this.#takeFiles = takeFiles;
  }

  /**
   * `loaded` stands at the tail. What the rules are going to refuse anyway asks for nothing: a file that was given
   * to a message which then is not sent is lost to its owner.
   */
  async gather(
    { data, meta }: Send,
    loaded: Loaded<MessageState>,
  ): Promise<Outcome<SendFacts, (typeof attachFiles)['rejections'][number]>> {
    const { conversationId, messageId, replyToId, content } = data;
    const { state } = loaded;
    const isSent = findRecentSend(state.recent, messageId) !== undefined;
    const refusal = refusalToWrite(state, { data, meta }) ?? refusalOfContent(state, content, meta);
    if (isSent || refusal) return ok({});

    const facts: { quoted?: KnownMessage } = {};
    if (replyToId !== undefined) {
      const target = { data: { conversationId, messageId: replyToId }, meta };
      const quoted = await this.#quoted(target, loaded);
      if (quoted === 'unavailable') return failed('unavailable');
      if (quoted.found === undefined) return ok({});
      facts.quoted = quoted.found;
      if (quoted.found.type === 'system') return ok(facts);
    }
    if (!('attachments' in content)) return ok(facts);

    const fileIds = content.attachments.map(({ fileId }) => fileId);
    const kind = kinds[content.type];
    const asked = { conversationId, messageId, fileIds, ...(kind ? { kind } : {}) };
    const taken = await this.#takeFiles(asked, meta);
    if (taken.kind === 'refused') return refused(taken.rejection);
    // Whether they were taken or not: the message is not stored, and the next try asks for the same.
    if (taken.kind === 'failed') return failed('unavailable');
    return ok({ ...facts, files: taken.answer.files });
  }

  /** A recent message is read from the log, so that it is answered even while the read model is away. */
  async #quoted(
    target: Parameters<LookUps['message']>[0],
    { state, position }: Loaded<MessageState>,
  ): ReturnType<LookUps['message']> {
    const { messageId } = target.data;
    const known = knownMessage(state, { messageId, actorId: target.meta.actorId });
    if (known === undefined) return this.#lookUps.message(target, position);
    if (known.deleted) return { found: known };
    const content = await this.#contentOf(target.data, state);
    return content ? { found: { ...known, content, position } } : this.#lookUps.message(target, position);
  }

  async #contentOf(
    target: { readonly conversationId: ConversationId; readonly messageId: MessageId },
    { recent, changes }: MessageState,
  ): Promise<SentContent | undefined> {
    const edit = changes.list.findLast(
      ({ kind, messageId }) => kind === 'edited' && messageId === target.messageId,
    );
    const upTo = edit?.position ?? findRecentSend(recent, target.messageId)?.position ?? 0;
    const range = { after: upTo - 1, upTo };
    const [event] = await this.#store.readLane(target.conversationId, 'm', range);
    return event?.type === 'message.sent' || event?.type === 'message.edited'
      ? event.data.content
      : undefined;
  }
}

/** What a message of a type shows; a message of type `file` takes anything. */
const kinds: { readonly [Type in 'image' | 'video' | 'audio' | 'file']: FileKind | undefined } = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: undefined,
};
