import type { MessageContent, Role } from '@parley/contracts';

import type { Words } from './en.ts';

type SystemContent = Extract<MessageContent, { readonly type: 'system' }>;

/** What a line of the timeline tells, in the language of the person. */
export function systemText(
  { template, variables }: SystemContent,
  words: Words,
  nameOf: (userId: string) => string,
): string {
  const one = (name: string) => String(variables[name] ?? '');
  const named = (name: string) => (variables[name] === undefined ? '' : nameOf(one(name)));
  const users = [variables['users'] ?? []].flat();
  const role = one('role');
  const sentence = Object.hasOwn(words.system, template) ? words.system[template] : undefined;
  return (
    sentence?.({
      by: named('by'),
      user: named('user'),
      users: users.map(nameOf).join(', '),
      name: one('name'),
      role: Object.hasOwn(words.roles, role) ? words.roles[role as Role] : role,
      isSelf: variables['by'] === variables['user'],
    }) ?? template.replaceAll('-', ' ')
  );
}
