import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { benchFanOut } from './fan-out.command.ts';
import { benchHistory } from './history.command.ts';
import { benchIdle } from './idle.command.ts';
import { writeSection } from './performance-page.ts';
import { benchRebuild } from './rebuild.command.ts';
import { benchSearch } from './search.command.ts';
import { benchSend } from './send.command.ts';
import { benchStorm } from './storm.command.ts';
import { benchSync } from './sync.command.ts';

const PAGE = join(import.meta.dirname, '..', '..', '..', 'docs', 'performance.md');
const USAGE = `pnpm bench send      messages from the socket to every member, here and on a bare Socket.IO server
  --people 500 --rooms 50 --room-size 20
  --only parley|bare-socket-io   one of the systems; nothing is written
  --quick                        short steps, to see that it works; nothing is written
  --rate 200                     the steady rate; given, nothing is searched for and nothing written
  --ahead                        both sides ahead of the machine's other work, where that is allowed
pnpm bench fanout    the same of one large room, of many rooms and of pairs
  --only, --quick, --rate, --ahead as above
pnpm bench idle      people who come at 300 a second, and sockets that only listen
  --sockets 5000 --rate 300 --only, --ahead as above
pnpm bench rebuild   a read model from an empty schema to the head of its log
  --events 100000 --conversations 500
pnpm bench search    finding messages in a history that grows
  --messages 10000,100000,1000000 --searches 200
pnpm bench history   pages, lists and totals as the log grows
  --messages 10000,100000,1000000
pnpm bench storm     everybody is cut off at once and comes back
  --sockets 5000
pnpm bench sync      a device that was offline, until it shows what everybody else shows
  --events 100000
`;

const SIZES = '10000,100000,1000000';
const SEARCHES = '200';
const SOCKETS = '5000';
const ARRIVALS_PER_SECOND = 300;

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
    sockets: { type: 'string', default: SOCKETS },
    quick: { type: 'boolean', default: false },
    rate: { type: 'string' },
    ahead: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const rate = values.rate === undefined ? undefined : Number(values.rate);

const commands: Readonly<Record<string, () => Promise<string>>> = {
  send: () =>
    benchSend({
      peopleCount: Number(values.people),
      roomCount: Number(values.rooms),
      roomSize: Number(values['room-size']),
      only: values.only,
      quick: values.quick,
      ahead: values.ahead,
      rate,
      say,
    }),
  fanout: () => benchFanOut({ only: values.only, quick: values.quick, ahead: values.ahead, rate, say }),
  idle: () =>
    benchIdle({
      socketCount: Number(values.sockets),
      ratePerSecond: rate ?? ARRIVALS_PER_SECOND,
      only: values.only,
      ahead: values.ahead,
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
  storm: () => benchStorm({ socketCount: Number(values.sockets), say }),
  sync: () => benchSync({ eventCount: Number(values.events), say }),
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
    values.sockets === SOCKETS &&
    values.messages === SIZES &&
    values.searches === SEARCHES;
  if (isWhole) await writeSection(PAGE, name, section);
}
