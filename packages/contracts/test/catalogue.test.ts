import { expect, test } from 'vitest';

import {
  clientEvents,
  conversationCommands,
  conversationEvents,
  conversationQueries,
  fileCommands,
  identityCommands,
  fileEvents,
  identityEvents,
  fileQueries,
  identityQueries,
  messageCommands,
  messageEvents,
  messageQueries,
  ownViewCommands,
  ownViewEvents,
  presenceCommands,
  presenceQueries,
  routes,
  serverEvents,
} from '../src/index.ts';

const commands = [
  ...identityCommands,
  ...conversationCommands,
  ...ownViewCommands,
  ...messageCommands,
  ...fileCommands,
  ...presenceCommands,
];
const events = [...identityEvents, ...conversationEvents, ...ownViewEvents, ...messageEvents, ...fileEvents];
const queries = [
  ...identityQueries,
  ...conversationQueries,
  ...messageQueries,
  ...fileQueries,
  ...presenceQueries,
];

test('CATALOGUE.md lists everything that may be asked, refused and recorded', async () => {
  const asked = [
    ...commands.map(({ type, rejections }) => ({ type, kind: 'command', rejections })),
    ...queries.map(({ type, rejections }) => ({ type, kind: 'query', rejections })),
    ...events.map(({ type }) => ({ type, kind: 'event', rejections: [] as readonly string[] })),
  ].toSorted((a, b) => a.type.localeCompare(b.type));
  const text = [
    '# Catalogue',
    '',
    'Written by `packages/contracts/test/catalogue.test.ts` from the contracts; do not edit it by hand.',
    '',
    '## Commands, queries and events',
    '',
    '| Type | Kind | May be refused with |',
    '| --- | --- | --- |',
    ...asked.map(({ type, kind, rejections }) => `| \`${type}\` | ${kind} | ${rejections.join(', ')} |`),
    '',
    '## REST',
    '',
    '| Route | Asks for | What it does |',
    '| --- | --- | --- |',
    ...Object.values(routes).map(
      ({ method, path, auth, summary }) => `| \`${method} ${path}\` | ${auth} | ${summary} |`,
    ),
    '',
    '## Socket events',
    '',
    '| Client to server | Confirmed by |',
    '| --- | --- |',
    ...Object.entries(clientEvents).map(
      ([name, contract]) =>
        `| \`${name}\` | ${'confirmedBy' in contract ? `\`${contract.confirmedBy.success}\`` : ''} |`,
    ),
    '',
    `Server to client: ${Object.keys(serverEvents)
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../CATALOGUE.md');
});

test('no type is declared twice', () => {
  const types = [...commands, ...queries, ...events].map(({ type }) => type);
  expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
});
