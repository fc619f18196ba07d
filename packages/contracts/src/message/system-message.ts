import type { ConversationEvent } from '../conversation/events.ts';
import type { EventEnvelope } from '../kernel/event.ts';
import type { UserId } from '../kernel/scalars.ts';
import type { MessageContent, SystemContent } from './content.ts';
import type { PinChanged } from './events.ts';

type Told = ConversationEvent | PinChanged;
type Line = Pick<SystemContent, 'template' | 'variables'>;

/**
 * What a timeline tells of each event that is no message: `by` is who did it. Nothing of what does not concern
 * everybody. The one table that history, sync and live views are made of.
 */
const lines: {
  readonly [T in Told['type']]: (data: Extract<Told, { type: T }>['data'], by: UserId) => Line | undefined;
} = {
  // A direct chat begins with what is said in it.
  'conversation.started': ({ kind, name }, by) =>
    kind === 'direct'
      ? undefined
      : { template: 'conversation-created', variables: { by, ...(name === undefined ? {} : { name }) } },
  'conversation.members-added': ({ members }, by) => {
    const users = members.map(({ userId }) => userId);
    const [user] = users;
    return user !== undefined && users.length === 1
      ? { template: 'member-joined', variables: { user, by } }
      : { template: 'members-joined', variables: { users, by } };
  },
  'conversation.member-joined': ({ userId: user }) => ({
    template: 'member-joined',
    variables: { user, by: user },
  }),
  'conversation.member-removed': ({ userId: user }, by) => ({
    template: 'member-removed',
    variables: { user, by },
  }),
  'conversation.member-left': ({ userId: user }) => ({ template: 'member-left', variables: { user } }),
  'conversation.role-changed': ({ userId: user, role }, by) => ({
    template: 'role-changed',
    variables: { user, role, by },
  }),
  'conversation.ownership-transferred': ({ to: user }, by) => ({
    template: 'ownership-transferred',
    variables: { user, by },
  }),
  'conversation.updated': ({ name, description, avatarFileId }, by) => {
    const changed = namesIn({ name, description, avatarFileId });
    if (name === undefined) return { template: 'conversation-updated', variables: { changed, by } };
    return changed.length === 1
      ? { template: 'renamed', variables: { name, by } }
      : { template: 'conversation-updated', variables: { changed, name, by } };
  },
  'conversation.settings-changed': ({ settings }, by) => ({
    template: 'settings-changed',
    variables: { changed: namesIn(settings), by },
  }),
  'conversation.dissolved': (_, by) => ({ template: 'dissolved', variables: { by } }),
  'conversation.invite-created': () => undefined,
  'conversation.invite-revoked': () => undefined,
  'conversation.person-blocked': () => undefined,
  'conversation.person-unblocked': () => undefined,
  'message.pinned': ({ messageId: message }, by) => ({
    template: 'message-pinned',
    variables: { message, by },
  }),
  'message.unpinned': ({ messageId: message }, by) => ({
    template: 'message-unpinned',
    variables: { message, by },
  }),
};

/** What the timeline tells of an event; nothing of a message, of what is done to one, and of what nobody is told. */
export function systemContentOf(
  event: { readonly type: string; readonly data: unknown } & Pick<EventEnvelope, 'actorId'>,
): SystemContent | undefined {
  if (!Object.hasOwn(lines, event.type)) return undefined;
  // TypeScript cannot see that table[event.type] accepts the event's data.
  const row = lines[event.type as Told['type']] as (data: unknown, by: UserId) => Line | undefined;
  const line = row(event.data, event.actorId);
  return line && { type: 'system', ...line };
}

/** Whether nobody said it: a line that tells what became of the conversation. */
export function isSystemMessage({ content }: { readonly content: MessageContent | null }): boolean {
  return content?.type === 'system';
}

function namesIn(said: object): string[] {
  return Object.entries(said)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
}
