/**
 * The house plan. Each room lists the rooms and libraries it may open; everything else is a locked door.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const rooms = {
  domain: [],
  commands: [
    'domain',
    'storage',
    'queries',
    'npm:kysely',
    'package:postgres',
    'package:jetstream',
    'package:service-kit',
    'node:crypto',
  ],
  policies: ['commands', 'npm:@nats-io/', 'package:jetstream', 'package:service-kit'],
  projections: ['storage', 'npm:kysely', 'package:postgres', 'package:service-kit'],
  queries: ['storage', 'npm:kysely', 'package:postgres'],
  storage: ['npm:kysely', 'npm:pg', 'npm:jose', 'node:', 'package:postgres', 'package:service-kit'],
  transport: [
    'commands',
    'policies',
    'projections',
    'queries',
    'storage',
    'npm:fastify',
    'npm:socket.io',
    'npm:jose',
    'npm:kysely',
    'node:',
    'package:jetstream',
    'package:postgres',
    'package:service-kit',
  ],
};

/** The gateway has no domain and no tables: its rooms speak to sockets and to the broker. */
const gatewayRooms = {
  commands: ['queries', 'transport', 'node:crypto', 'package:jetstream', 'package:service-kit'],
  policies: ['transport', 'npm:@nats-io/', 'package:jetstream', 'package:service-kit'],
  queries: ['npm:@nats-io/', 'package:jetstream'],
  transport: [
    'commands',
    'policies',
    'queries',
    'npm:fastify',
    'npm:socket.io',
    'npm:jose',
    'npm:rate-limiter-flexible',
    'node:',
    'package:api-docs',
    'package:stickers',
    'package:jetstream',
    'package:service-kit',
  ],
};

const packages = {
  contracts: ['npm:zod'],
  'event-sourcing': ['package:contracts', 'npm:kysely'],
  jetstream: ['package:contracts', 'package:event-sourcing', 'npm:@nats-io/', 'npm:zod'],
  postgres: [
    'package:contracts',
    'package:event-sourcing',
    'package:jetstream',
    'npm:kysely',
    'npm:pg',
    'npm:@nats-io/',
    'node:',
  ],
  'service-kit': [
    'package:contracts',
    'npm:pino',
    'npm:zod',
    'npm:ioredis',
    'npm:rate-limiter-flexible',
    'node:',
  ],
  client: ['package:contracts', 'npm:socket.io-client', 'npm:zod', 'npm:dexie', 'node:'],
  'api-docs': ['package:contracts', 'npm:zod'],
  stickers: ['package:contracts', 'node:'],
  web: [
    'package:client',
    'package:contracts',
    'npm:(@types/)?react',
    'npm:@tanstack/react-virtual',
    'npm:lucide-react',
    'npm:emojibase-data',
    'npm:zod',
  ],
};

const doorOf = (service) => (door) => {
  if (door.startsWith('npm:')) return `node_modules/${door.slice(4)}`;
  if (door.startsWith('package:')) return `^packages/${door.slice(8)}/`;
  if (door === 'node:') return '^(node:)?[a-z_/]+$';
  if (door.startsWith('node:')) return `^(node:)?${door.slice(5)}$`;
  return `^services/${service}/src/${door}/`;
};
const tests = '(\\.test|\\.features)\\.ts$|/test/';
const everyRoomMayOpen = ['^packages/contracts/', '^packages/event-sourcing/', 'node_modules/zod'];

const roomRules = (plan, services, name) =>
  Object.entries(plan).map(([room, opens]) => ({
    name: `${name}-${room}`,
    severity: 'error',
    from: { path: `^services/(${services})/src/${room}/`, pathNot: tests },
    to: {
      pathNot: [
        `^services/$1/src/${room}/`,
        '^services/$1/src/[^/]+\\.ts$',
        ...everyRoomMayOpen,
        ...opens.map(doorOf('$1')),
      ],
    },
  }));

const packageRules = Object.entries(packages).map(([name, opens]) => ({
  name: `package-${name}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: tests },
  to: { pathNot: [`^packages/${name}/`, ...opens.map(doorOf(''))] },
}));

export default {
  forbidden: [
    ...roomRules(rooms, '(?!gateway)[^/]+', 'room'),
    ...roomRules(gatewayRooms, 'gateway', 'gateway-room'),
    ...packageRules,
    {
      name: 'the-core-of-the-client-runs-everywhere',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: [tests, '(file|dexie)-outbox-storage\\.ts$'] },
      to: { path: ['node_modules/dexie', '^(node:)?[a-z_/]+$'] },
    },
    {
      name: 'services-meet-only-through-contracts',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-know-no-service',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(bench|fault|e2e|cli)/' },
      to: { path: '^services/' },
    },
    {
      name: 'nobody-imports-the-wiring',
      severity: 'error',
      from: { pathNot: ['\\.module\\.ts$', '/src/main\\.ts$', tests] },
      to: { path: '^services/.*(\\.module|/main)\\.ts$' },
    },
    {
      name: 'test-kit-stays-in-tests',
      severity: 'error',
      from: { pathNot: [tests, '^packages/(testing|e2e|fault|bench)/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/web/dist' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types'] },
  },
};
