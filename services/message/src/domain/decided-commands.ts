import {
  attachFiles,
  defineCommand,
  deleteMessage,
  editMessage,
  forwardMessage,
  ForwardOrigin,
  MessageContent,
  MessageId,
  pinMessage,
  reactToMessage,
  removeReaction,
  Seq,
  sendMessage,
  Timestamp,
  unpinMessage,
} from '@parley/contracts';
import { z } from 'zod';

import { KnownMessage } from './known-message.ts';

/** A send that lies further back than the fold remembers, as the read model knows it. */
const EarlierSend = z.object({
  messageId: MessageId,
  seq: Seq,
  sentAt: Timestamp,
  /** Of what was sent; nothing where that was deleted since. */
  fingerprint: z.string().nullable(),
});
export type EarlierSend = z.output<typeof EarlierSend>;

/** What the command room looks up of a message that the fold remembers too little of. */
const lookedUp = { found: KnownMessage.optional() };

/** The message's commands as its rules get them: as the contracts say, and with the facts that they need. */
export const decideSend = defineCommand({
  ...sendMessage,
  input: sendMessage.input.extend({
    earlier: EarlierSend.optional(),
    /** The message that this one answers. */
    quoted: KnownMessage.optional(),
    /** The files that are this message's now. */
    files: attachFiles.answer.shape.files.optional(),
  }),
});
export const decideForward = defineCommand({
  ...forwardMessage,
  input: forwardMessage.input.extend({
    earlier: EarlierSend.optional(),
    /** What is said again, as its forwarder sees it. */
    source: z.object({ content: MessageContent.nullable(), origin: ForwardOrigin }).optional(),
  }),
});
export const decideEdit = defineCommand({ ...editMessage, input: editMessage.input.extend(lookedUp) });
export const decideDelete = defineCommand({ ...deleteMessage, input: deleteMessage.input.extend(lookedUp) });
export const decideReact = defineCommand({ ...reactToMessage, input: reactToMessage.input.extend(lookedUp) });
export const decideRemoveReaction = defineCommand({
  ...removeReaction,
  input: removeReaction.input.extend(lookedUp),
});
export const decidePin = defineCommand({
  ...pinMessage,
  input: pinMessage.input.extend({
    ...lookedUp,
    /** What is pinned in the conversation, as it was at a position of the log. */
    pinned: z.object({ messageIds: z.array(MessageId), position: z.int().min(0) }),
  }),
});
export const decideUnpin = defineCommand({ ...unpinMessage, input: unpinMessage.input.extend(lookedUp) });

export type DecidedChangeContract =
  | typeof decideEdit
  | typeof decideDelete
  | typeof decideReact
  | typeof decideRemoveReaction
  | typeof decidePin
  | typeof decideUnpin;
export type DecidedCommandContract = typeof decideSend | typeof decideForward | DecidedChangeContract;
