import {
  type AttachmentToSend,
  CLIENT_CLOCK_LEAD_MS_MAX,
  type CommandMeta,
  type CommandOf,
  type ContentToSend,
  type FileDescription,
  type FileId,
  findSticker,
  type ForwardOrigin,
  isMember,
  mentionsIn,
  type MessageSent,
  QUOTE_LENGTH_MAX,
  type Quote,
  refusalToSend,
  type SentContent,
  uuidV7TimeMs,
  wordsOf,
} from '@parley/contracts';
import { accept, reject } from '@parley/event-sourcing';

import type { decideForward, decideSend } from './decided-commands.ts';
import { fingerprint } from './fingerprint.ts';
import { type KnownMessage, knownMessage } from './known-message.ts';
import type { MessageState } from './message-state.ts';
import { findRecentSend } from './recent-sends.ts';
import { mayMentionAll } from './rights.ts';

type Send = CommandOf<typeof decideSend>;
type Forward = CommandOf<typeof decideForward>;

/** What a person asks to send, with the facts that the command room has brought. */
export function decideSending(state: MessageState, { data, meta }: Send) {
  // A retry is answered before any right is asked for: its message is in the log, whatever came after.
  const earlier = data.earlier ?? findRecentSend(state.recent, data.messageId);
  if (earlier !== undefined) {
    const isSame = earlier.fingerprint === null || earlier.fingerprint === fingerprint(data.content);
    return isSame ? accept<MessageSent>() : reject('client-message-id-reused');
  }
  const refusal = refusalToWrite(state, { data, meta }) ?? refusalOfContent(state, data.content, meta);
  if (refusal) return refusal;
  const { replyToId, quoted, files } = data;
  const target = replyToId === undefined ? undefined : { messageId: replyToId, actorId: meta.actorId };
  const answered = target && knownMessage(state, target, quoted);
  if (answered?.type === 'system') return reject('system-message');
  const replyTo = quoteOf(answered);
  if (replyToId !== undefined && replyTo === undefined) return reject('message-not-found');
  const content = describe(data.content, files ?? []);
  if (content === undefined) return reject('file-not-found');

  return accept(sentFact(data, content, replyTo ? { replyTo } : {}));
}

/** What a person says again that was said somewhere else. */
export function decideForwarding(state: MessageState, { data, meta }: Forward) {
  // The id follows from the key and the source, so what was sent under it is this.
  if (data.earlier !== undefined || findRecentSend(state.recent, data.messageId)) {
    return accept<MessageSent>();
  }
  const refusal = refusalToWrite(state, { data, meta });
  if (refusal) return refusal;
  if (data.source === undefined) return reject('message-not-found');
  const { content, origin } = data.source;
  if (content === null) return reject('message-deleted');
  if (content.type === 'call' || content.type === 'system') return reject('not-forwardable');

  return accept(sentFact(data, withoutMentions(content), { forwardedFrom: origin }));
}

/** Why somebody may not write here now, whatever they write. */
export function refusalToWrite(
  state: MessageState,
  { data, meta }: { readonly data: Pick<Send['data'], 'clientMessageId'>; readonly meta: CommandMeta },
) {
  const refusal = refusalToSend(state.membership, meta.actorId);
  if (refusal !== undefined) return reject(refusal);
  const leadMs = uuidV7TimeMs(data.clientMessageId) - Date.parse(meta.at);
  return leadMs > CLIENT_CLOCK_LEAD_MS_MAX ? reject('client-clock-ahead', { leadMs }) : undefined;
}

/** What is wrong with a content that its schema cannot know. */
export function refusalOfContent(
  state: MessageState,
  content: ContentToSend,
  actor: Pick<CommandMeta, 'actorId'>,
) {
  if (content.type === 'sticker' && !findSticker(content.stickerId)) return reject('sticker-not-found');
  return refusalOfMentions(state, content, actor);
}

/** Whether somebody is called who is not there, or everybody by one who may not. */
export function refusalOfMentions(
  { membership }: MessageState,
  content: ContentToSend | SentContent,
  { actorId }: Pick<CommandMeta, 'actorId'>,
) {
  const mentions = mentionsIn(content);
  // Not shown as plain text in silence: the sender believes that somebody is called.
  if (mentions.some((mention) => mention !== 'all' && !isMember(membership, mention))) {
    return reject('mentioned-person-not-a-member');
  }
  return mentions.includes('all') && !mayMentionAll(membership, actorId) ? reject('role-too-low') : undefined;
}

type Described = AttachmentToSend & FileDescription;

/** A content with its files described; nothing where one of them is not known to be the sender's. */
function describe(
  content: ContentToSend,
  files: readonly (FileDescription & { readonly fileId: FileId })[],
): SentContent | undefined {
  if (!('attachments' in content)) return content;
  const attachments = content.attachments.flatMap((attachment): Described[] => {
    const file = files.find(({ fileId }) => fileId === attachment.fileId);
    return file ? [{ ...attachment, ...file }] : [];
  });
  return attachments.length === content.attachments.length ? { ...content, attachments } : undefined;
}

function sentFact(
  { conversationId, messageId, clientMessageId }: Forward['data'] | Send['data'],
  content: SentContent,
  beside: { readonly replyTo?: Quote; readonly forwardedFrom?: ForwardOrigin },
): MessageSent {
  const mentions = mentionsIn(content);
  return {
    type: 'message.sent',
    data: {
      conversationId,
      messageId,
      clientMessageId,
      content,
      ...beside,
      ...(mentions.length > 0 ? { mentions } : {}),
    },
  };
}

/** Whoever is named in a forwarded text was called by somebody else and somewhere else; here it is a name. */
function withoutMentions(content: SentContent): SentContent {
  if (!('entities' in content) || content.entities === undefined) return content;
  const { entities, ...rest } = content;
  const others = entities.filter(({ type }) => type !== 'mention');
  return others.length > 0 ? { ...rest, entities: others } : rest;
}

function quoteOf(known: KnownMessage | undefined): Quote | undefined {
  if (known === undefined) return undefined;
  const { messageId, seq, senderId, deleted, content } = known;
  const preview = deleted || content === null ? null : { type: content.type, text: quotedText(content) };
  return { messageId, seq, senderId, preview };
}

/** The beginning of the words, or a name; what else a message is, is said by its type, in any language. */
function quotedText(content: SentContent): string {
  const named = 'name' in content ? (content.name ?? '') : '';
  const file = content.type === 'file' ? (content.attachments[0]?.name ?? '') : '';
  const beginning = (wordsOf(content) || named || file).slice(0, QUOTE_LENGTH_MAX);
  // Not half of a character.
  return beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
}
