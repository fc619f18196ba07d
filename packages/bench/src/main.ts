import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { benchHistory } from './history.command.ts';
import { writeSection } from './performance-page.ts';
import { benchRebuild } from './rebuild.command.ts';
import { benchSearch } from './search.command.ts';
import { benchSend } from './send.command.ts';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'performance.md');
const USAGE = `pnpm bench send      messages from the socket to every member, here and on a bare Socket.IO server
  --people 500 --rooms 50 --room-size 20
  --only parley|bare-socket-io   one of the systems; nothing is written
  --quick                        short steps, to see that it works; nothing is written
  --rate 200                     the steady rate; given, nothing is searched for and nothing written
  --ahead                        both sides ahead of the machine's other work, where that is allowed
pnpm bench rebuild   a read model from an empty schema to the head of its log
  --events 100000 --conversations 500
pnpm bench search    finding messages in a history that grows
  --messages 10000,100000,1000000 --searches 200
pnpm bench history   pages, lists and totals as the log grows
  --messages 10000,100000,1000000
`;

const SIZES = '10000,100000,1000000';
const SEARCHES = '200';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '500' },
    rooms: { type: 'string', default: '50' },
    'room-size': { type: 'string', default: '20' },
    events: { type: 'string', default: '100000' },
    conversations: { type: 'string', default: '500' },
    only: { type: 'string' },
    messages: { type: 'string', default: SIZES },
    searches: { type: 'string', default: SEARCHES },
    quick: { type: 'boolean', default: false },
    rate: { type: 'string' },
    ahead: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const commands: Readonly<Record<string, () => Promise<string>>> = {
  send: () =>
    benchSend({
      peopleCount: Number(values.people),
      roomCount: Number(values.rooms),
      roomSize: Number(values['room-size']),
      only: values.only,
      quick: values.quick,
      ahead: values.ahead,
      rate: values.rate === undefined ? undefined : Number(values.rate),
      say,
    }),
  search: () =>
    benchSearch({
      messageCounts: values.messages.split(',').map(Number),
      searchCount: Number(values.searches),
      say,
    }),
  rebuild: () =>
    benchRebuild({ eventCount: Number(values.events), conversationCount: Number(values.conversations), say }),
  history: () => benchHistory({ sizes: values.messages.split(',').map(Number), say }),
};

const [name = ''] = positionals;
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const section = await command();
  say(`\n${section}`);
  const isWhole =
    !values.quick &&
    values.only === undefined &&
    values.rate === undefined &&
    values.messages === SIZES &&
    values.searches === SEARCHES;
  if (isWhole) await writeSection(PAGE, name, section);
}
