import { z } from 'zod';

/** How many people a group takes unless its settings say otherwise, and how many they may say at most. */
export const GROUP_MEMBER_COUNT_MAX = 500;
export const GROUP_MEMBER_LIMIT_MAX = 1_000;
export const EDIT_WINDOW_MS_DEFAULT = 15 * 60_000;
export const EDIT_WINDOW_MS_MAX = 365 * 24 * 60 * 60_000;

/** How people come into a group: by themselves, by those inside only, or by those inside and by invite links. */
export const Privacy = z.enum(['public', 'private', 'invite-only']);
export type Privacy = z.output<typeof Privacy>;

const fields = {
  privacy: Privacy,
  /** Whether a plain member may add people and make invite links. */
  membersCanInvite: z.boolean(),
  membersCanPin: z.boolean(),
  /** Whether who left by themselves may go on reading what was said until then. */
  keepHistory: z.boolean(),
  /** The same for who was removed. */
  keepHistoryOfRemoved: z.boolean(),
  /** How long an author may change a message. 0: never. */
  editWindowMs: z.int().min(0).max(EDIT_WINDOW_MS_MAX),
  memberLimit: z.int().min(2).max(GROUP_MEMBER_LIMIT_MAX),
  /** Whether only admins and owners may say something. */
  readOnly: z.boolean(),
};

/** What a group's own people decide about it. */
export const ConversationSettings = z.object(fields);
export type ConversationSettings = z.output<typeof ConversationSettings>;

/** Some of the settings, as a request names them. */
export const SettingsChange = z.strictObject(fields).partial();
export type SettingsChange = z.output<typeof SettingsChange>;

/** Some of the settings, as an event keeps them: a newer writer may know more of them. */
export const ChangedSettings = z.object(fields).partial();

export const defaultSettings: ConversationSettings = {
  privacy: 'invite-only',
  membersCanInvite: false,
  membersCanPin: false,
  keepHistory: true,
  keepHistoryOfRemoved: false,
  editWindowMs: EDIT_WINDOW_MS_DEFAULT,
  memberLimit: GROUP_MEMBER_COUNT_MAX,
  readOnly: false,
};

/** The settings after a change; what it leaves out stays. */
export function withSettings(settings: ConversationSettings, change: SettingsChange): ConversationSettings {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...settings, ...Object.fromEntries(said) };
}
