import {
  attachFiles,
  type ConversationId,
  defineCommand,
  FILE_SIZE_BYTES_MAX,
  type FileDescription,
  type FileEvent,
  FileId,
  fileKindOf,
  type MessageId,
  type registerFile,
  type UserId,
} from '@parley/contracts';
import { accept, type Decider, reject } from '@parley/event-sourcing';

/** One file of those that a message is to take: each has a log of its own, so each decides for itself. */
export const attachFile = defineCommand({
  ...attachFiles,
  input: attachFiles.input.omit({ fileIds: true }).extend({ fileId: FileId }),
});

export type FileState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'registered';
      readonly ownerId: UserId;
      readonly description: FileDescription;
      readonly attachedTo?: { readonly messageId: MessageId; readonly conversationId: ConversationId };
    };

/** The rules of one file: who it belongs to, and that one message gets it. */
export const file: Decider<FileState, typeof registerFile | typeof attachFile, FileEvent> = {
  initialState: { status: 'unknown' },

  decide: {
    'file.register': (state, { data, meta }) => {
      const { fileId, ...description } = data;
      if (state.status === 'registered') {
        // The id follows from who asks and their key, so this is a retry or a key that was used for something else.
        const isRetry = state.ownerId === meta.actorId && isSame(state.description, description);
        return isRetry ? accept() : reject('idempotency-key-reused');
      }
      if (fileKindOf(data.mediaType) === undefined) return reject('media-type-not-allowed');
      if (data.sizeBytes > FILE_SIZE_BYTES_MAX) return reject('file-too-large');

      return accept({ type: 'file.registered', data: { fileId, ...description } });
    },

    'file.attach': (state, { data, meta }) => {
      // Somebody else's file is as good as none, and nobody learns that it exists.
      if (state.status === 'unknown' || state.ownerId !== meta.actorId) return reject('file-not-found');
      const { fileId, messageId, conversationId, kind } = data;
      if (state.attachedTo !== undefined) {
        return state.attachedTo.messageId === messageId ? accept() : reject('file-already-attached');
      }
      if (kind !== undefined && fileKindOf(state.description.mediaType) !== kind) {
        return reject('file-of-another-kind');
      }

      return accept({ type: 'file.attached', data: { fileId, messageId, conversationId } });
    },
  },

  evolve: {
    'file.registered': (_, { data: { fileId: _id, ...description }, actorId }) => ({
      status: 'registered',
      ownerId: actorId,
      description,
    }),
    'file.attached': (state, { data: { messageId, conversationId } }) =>
      state.status === 'unknown' ? state : { ...state, attachedTo: { messageId, conversationId } },
  },
};

function isSame(one: FileDescription, other: FileDescription): boolean {
  const fields = ['name', 'sizeBytes', 'mediaType', 'width', 'height', 'durationMs'] as const;
  return fields.every((field) => one[field] === other[field]);
}
