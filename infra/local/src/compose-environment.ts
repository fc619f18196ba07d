import { natsUsers } from './nats-config.ts';
import { newSecret } from './secrets.ts';

const HOST = '127.0.0.1';
/** Not the usual ports: a machine may have servers of its own on those. */
export const COMPOSE_PORT = { nats: 4322, natsMonitor: 8322, postgres: 5532, redis: 6479 } as const;

/** The variable that a NATS user's password is read from, in infra/nats/nats.conf. */
export function natsPasswordVariable(user: string): string {
  return `NATS_PASSWORD_${user.toUpperCase()}`;
}

/**
 * The `.env` of docker-compose.yml: a fresh password for everybody, and the URLs that make `npm start` use
 * what it brings up.
 */
export function composeEnvironment(): string {
  const nats = natsUsers().map((user) => ({ user, password: plainSecret() }));
  const [postgres, redis] = [plainSecret(), plainSecret()];
  const natsUrl = (user: string, password: string) =>
    `nats://${user}:${password}@${HOST}:${COMPOSE_PORT.nats}`;
  const admin = nats.find(({ user }) => user === 'admin');

  return [
    ...nats.map(({ user, password }) => `${natsPasswordVariable(user)}=${password}`),
    `POSTGRES_PASSWORD=${postgres}`,
    `REDIS_PASSWORD=${redis}`,
    `NATS_URL=${natsUrl('admin', admin?.password ?? '')}`,
    ...nats.map(({ user, password }) => `NATS_URL_${user.toUpperCase()}=${natsUrl(user, password)}`),
    `DATABASE_URL=postgres://postgres:${postgres}@${HOST}:${COMPOSE_PORT.postgres}/postgres`,
    `REDIS_URL=redis://:${redis}@${HOST}:${COMPOSE_PORT.redis}`,
    '',
  ].join('\n');
}

/** NATS would read a value that begins with a digit as a number. */
function plainSecret(): string {
  return `p${newSecret()}`;
}

if (import.meta.main) process.stdout.write(composeEnvironment());
