import { z } from 'zod';

import { FileId, nameText, Timestamp, UserId } from '../kernel/scalars.ts';

export const FILE_NAME_LENGTH_MAX = 255;
export const FILE_SIZE_BYTES_MAX = 100 * 1024 * 1024;
const PIXEL_COUNT_MAX = 65_535;
export const DURATION_MS_MAX = 24 * 60 * 60_000;

export const FileKind = z.enum(['image', 'video', 'audio', 'document']);
export type FileKind = z.output<typeof FileKind>;

/** The media types that are taken, and what kind of file each makes. What is not here is refused. */
export const mediaTypes: Readonly<Record<string, FileKind>> = {
  'image/avif': 'image',
  'image/gif': 'image',
  'image/heic': 'image',
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/webp': 'image',
  'video/mp4': 'video',
  'video/quicktime': 'video',
  'video/webm': 'video',
  'audio/aac': 'audio',
  'audio/flac': 'audio',
  'audio/mp4': 'audio',
  'audio/mpeg': 'audio',
  'audio/ogg': 'audio',
  'audio/wav': 'audio',
  'audio/webm': 'audio',
  'application/epub+zip': 'document',
  'application/gzip': 'document',
  'application/json': 'document',
  'application/msword': 'document',
  'application/pdf': 'document',
  'application/rtf': 'document',
  'application/vnd.ms-excel': 'document',
  'application/vnd.ms-powerpoint': 'document',
  'application/vnd.oasis.opendocument.presentation': 'document',
  'application/vnd.oasis.opendocument.spreadsheet': 'document',
  'application/vnd.oasis.opendocument.text': 'document',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'document',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'document',
  'application/zip': 'document',
  'text/calendar': 'document',
  'text/csv': 'document',
  'text/markdown': 'document',
  'text/plain': 'document',
  'text/vcard': 'document',
};

export function fileKindOf(mediaType: string): FileKind | undefined {
  return Object.hasOwn(mediaTypes, mediaType) ? mediaTypes[mediaType] : undefined;
}

/** A name to show. Nothing is ever stored under it, and it says nothing about a place. */
const FileName = nameText(FILE_NAME_LENGTH_MAX).refine(
  (name) => !/[/\\]/.test(name) && !/^\.+$/.test(name),
  'must be a name and no path',
);

/** What a file is, as far as a screen needs it before any byte is there. */
export const FileDescription = z.strictObject({
  name: FileName,
  sizeBytes: z.int().min(1),
  mediaType: z
    .string()
    .max(127)
    .regex(/^[A-Za-z0-9]+\/[A-Za-z0-9.+-]+$/, 'must be a media type without parameters')
    .toLowerCase(),
  width: z.int().min(1).max(PIXEL_COUNT_MAX).optional(),
  height: z.int().min(1).max(PIXEL_COUNT_MAX).optional(),
  durationMs: z.int().min(0).max(DURATION_MS_MAX).optional(),
});
export type FileDescription = z.output<typeof FileDescription>;

export const FileView = FileDescription.extend({
  fileId: FileId,
  ownerId: UserId,
  kind: FileKind,
  registeredAt: Timestamp,
  /** Whether a message has it; then no other one may take it. */
  isAttached: z.boolean(),
});
export type FileView = z.output<typeof FileView>;
