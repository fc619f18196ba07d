import { z } from 'zod';

import { ClientMessageId, ConversationId, MessageId } from '../kernel/scalars.ts';
import { ATTACHMENT_COUNT_MAX } from '../file/commands.ts';
import { AttachmentToSend, contentFaults, contentFields, type ContentToSend } from '../message/content.ts';

/** What every send says; `tempId` and `localId` are other names for `clientMessageId`, and echoed. */
const envelope = {
  conversationId: ConversationId,
  clientMessageId: ClientMessageId.optional(),
  tempId: z.string().max(64).optional(),
  localId: z.string().max(64).optional(),
  /** The message of this conversation that is answered. */
  replyToId: MessageId.optional(),
};

const several = z.array(AttachmentToSend).min(1).max(ATTACHMENT_COUNT_MAX);
const one = z.array(AttachmentToSend).length(1);
const caption = { content: contentFields.caption.text, entities: contentFields.caption.entities };

// What each type's body holds beside its envelope: the content's own fields, its words under `content`.
const text = { content: contentFields.words.text, entities: contentFields.words.entities };
const image = { attachments: several, ...caption };
const video = image;
const audio = { attachments: one, voice: contentFields.voice };
const file = { attachments: one, ...caption };
const sticker = { stickerId: contentFields.stickerId };
const { location, contact, call } = contentFields;

type SendableType = ContentToSend['type'];

/** A type's name, also in capitals. */
function typeName<Type extends SendableType>(type: Type) {
  return z.literal([type, type.toUpperCase() as Uppercase<Type>]).transform(() => type);
}

/** What a client says to send a message of any type; one that does not say its type is a text. */
export const SendMessageBody = z
  .discriminatedUnion('type', [
    z.strictObject({ ...envelope, type: typeName('text').optional(), ...text }),
    z.strictObject({ ...envelope, type: typeName('image'), ...image }),
    z.strictObject({ ...envelope, type: typeName('video'), ...video }),
    z.strictObject({ ...envelope, type: typeName('audio'), ...audio }),
    z.strictObject({ ...envelope, type: typeName('file'), ...file }),
    z.strictObject({ ...envelope, type: typeName('sticker'), ...sticker }),
    z.strictObject({ ...envelope, type: typeName('location'), ...location }),
    z.strictObject({ ...envelope, type: typeName('contact'), ...contact }),
    z.strictObject({ ...envelope, type: typeName('call'), ...call }),
  ])
  .transform((body, context) => asSend(body.type ?? 'text')(body, context));

// The same by type, where the route says which.
export const SendTextBody = z
  .strictObject({ ...envelope, type: typeName('text').optional(), ...text })
  .transform(asSend('text'));
export const SendImageBody = z
  .strictObject({ ...envelope, type: typeName('image').optional(), ...image })
  .transform(asSend('image'));
export const SendVideoBody = z
  .strictObject({ ...envelope, type: typeName('video').optional(), ...video })
  .transform(asSend('video'));
export const SendFileBody = z
  .strictObject({ ...envelope, type: typeName('file').optional(), ...file })
  .transform(asSend('file'));
export const SendStickerBody = z
  .strictObject({ ...envelope, type: typeName('sticker').optional(), ...sticker })
  .transform(asSend('sticker'));
export const SendLocationBody = z
  .strictObject({ ...envelope, type: typeName('location').optional(), ...location })
  .transform(asSend('location'));
export const SendContactBody = z
  .strictObject({ ...envelope, type: typeName('contact').optional(), ...contact })
  .transform(asSend('contact'));
export const SendVoiceBody = z
  .strictObject({ ...envelope, type: typeName('audio').optional(), attachments: one })
  .transform((body, context) => asSend('audio')(Object.assign(body, { voice: true }), context));

/** A send as the gateway passes it on, whichever face it came by. */
export interface SendToPassOn extends z.output<z.ZodObject<typeof envelope>> {
  readonly content: ContentToSend;
}

type Body = z.output<z.ZodObject<typeof envelope>> & {
  readonly type?: SendableType | undefined;
  readonly content?: string | undefined;
};

function asSend(type: SendableType) {
  return (body: Body, context: z.RefinementCtx): SendToPassOn => {
    const { conversationId, clientMessageId, tempId, localId, replyToId, content: said, ...rest } = body;
    // TypeScript cannot see that the fields of a type's body, its words renamed, are those of its content.
    const content = { ...rest, ...(said === undefined ? {} : { text: said }), type } as ContentToSend;
    for (const { field, message } of contentFaults(content)) {
      context.addIssue({ code: 'custom', message, path: [field], input: body });
    }
    return { conversationId, clientMessageId, tempId, localId, replyToId, content };
  };
}
