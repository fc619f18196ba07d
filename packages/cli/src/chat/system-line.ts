import { type MessageContent, previewText } from '@parley/contracts';

type Variables = Extract<MessageContent, { readonly type: 'system' }>['variables'];
type NameOf = (userId: string) => string;

/** What a conversation's timeline tells, in words; a newer server's template that has none here says its own name. */
export function systemText(
  content: Extract<MessageContent, { readonly type: 'system' }>,
  nameOf: NameOf,
): string {
  const { template, variables } = content;
  const sentence = Object.hasOwn(sentences, template) ? sentences[template] : undefined;
  return sentence?.((name) => valueOf(variables, name), nameOf) ?? previewText(content);
}

type Sentence = (value: (name: string) => string, nameOf: NameOf) => string;

const sentences: Readonly<Record<string, Sentence>> = {
  'conversation-created': (value, nameOf) => `${nameOf(value('by'))} created the group`,
  'member-joined': (value, nameOf) =>
    value('user') === value('by')
      ? `${nameOf(value('user'))} joined`
      : `${nameOf(value('by'))} added ${nameOf(value('user'))}`,
  'members-joined': (value, nameOf) =>
    `${nameOf(value('by'))} added ${value('users')
      .split(', ')
      .map((userId) => nameOf(userId))
      .join(', ')}`,
  'member-removed': (value, nameOf) => `${nameOf(value('by'))} removed ${nameOf(value('user'))}`,
  'member-left': (value, nameOf) => `${nameOf(value('user'))} left`,
  'role-changed': (value, nameOf) =>
    `${nameOf(value('by'))} made ${nameOf(value('user'))} ${articled(value('role'))}`,
  'ownership-transferred': (value, nameOf) =>
    `${nameOf(value('by'))} handed the group over to ${nameOf(value('user'))}`,
  renamed: (value, nameOf) => `${nameOf(value('by'))} named the group ${value('name')}`,
  'conversation-updated': (value, nameOf) =>
    `${nameOf(value('by'))} changed what the group shows of itself: ${value('changed')}`,
  'settings-changed': (value, nameOf) => `${nameOf(value('by'))} changed the settings: ${value('changed')}`,
  dissolved: (value, nameOf) => `${nameOf(value('by'))} dissolved the group`,
  'message-pinned': (value, nameOf) => `${nameOf(value('by'))} pinned a message`,
  'message-unpinned': (value, nameOf) => `${nameOf(value('by'))} unpinned a message`,
};

function valueOf(variables: Variables, name: string): string {
  const value = variables[name] ?? '';
  return typeof value === 'string' ? value : value.join(', ');
}

function articled(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
