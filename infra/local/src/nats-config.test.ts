import { describe, expect, test } from 'vitest';

import { natsConfiguration, natsUsers } from './nats-config.ts';

const secrets = Object.fromEntries(natsUsers().map((user) => [`nats.${user}`, `secret-of-${user}`]));
const settings = { port: 4999, monitorPort: 4998, storeDir: '/data/with space/store', secrets };

describe('the NATS configuration', () => {
  const text = natsConfiguration(settings);

  test('syncs every write, and listens on loopback only', () => {
    expect(text).toContain('sync_interval: always');
    expect(text).toContain('listen: "127.0.0.1:4999"');
    expect(text).toContain('http: "127.0.0.1:4998"');
    expect(text).not.toContain('0.0.0.0');
  });

  test('waits for no disk only where that is said', () => {
    expect(natsConfiguration({ ...settings, fsync: false })).toContain('sync_interval: 2m');
  });

  test('bounds what one message and the whole store may take', () => {
    expect(text).toMatch(/max_payload: 1MB/);
    expect(text).toMatch(/max_file_store: \d+/);
  });

  test.each(['gateway', 'identity', 'conversation', 'file', 'message', 'presence'])(
    '%s has its own user with its own subjects',
    (user) => {
      const line = text.split('\n').find((each) => each.includes(`{ user: ${user},`));
      expect(line).toContain(`"secret-of-${user}"`);
      expect(line).toContain(`_INBOX_${user}.>`);
      expect(line).not.toMatch(/"(>|\$JS\.API\.>|\$JS\.API\.STREAM\.(CREATE|UPDATE|DELETE|PURGE).*)"/);
    },
  );

  test('a user without a password is a fault, not an open door', () => {
    expect(() => natsConfiguration({ ...settings, secrets: {} })).toThrow('has no password');
  });
});
