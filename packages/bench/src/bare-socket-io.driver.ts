import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { newId, newUuidV7 } from '@parley/contracts';

import type { Driver } from './driver.ts';
import { openSocketIoCrowd } from './socket-io-crowd.ts';

const STOP_GRACE_MS = 2_000;

/** A process that broadcasts and stores nothing. */
export async function startBareSocketIo(): Promise<Driver> {
  const script = join(import.meta.dirname, 'bare-socket-io-server.ts');
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { port } = JSON.parse(line) as { readonly port: number };
  const pid = child.pid ?? 0;

  return {
    name: 'bare Socket.IO (no persistence)',
    versions: { Node: process.version },
    processes: () => [{ name: 'server', pids: [pid] }],
    async open(scenario, listener, arrival) {
      const userIds = Array.from({ length: scenario.peopleCount }, () => newId('usr'));
      const rooms = scenario.members.map((members) => ({
        id: newId<string>('cnv'),
        members: new Set(members),
      }));
      arrival?.onSeeded();
      return openSocketIoCrowd(scenario, {
        port,
        namespace: '/chat',
        readyEvent: 'connected',
        authOf: (person) => ({
          userId: userIds[person],
          rooms: rooms.filter(({ members }) => members.has(person)).map(({ id }) => id),
        }),
        sendingOf: ({ room }, content) => [
          'send_message',
          { conversationId: rooms[room]?.id, clientMessageId: newUuidV7(), type: 'text', content },
        ],
        listener,
        arrival,
        onClose: (person, reason) => {
          throw new Error(`the socket of person ${person} was closed: ${reason}`);
        },
      });
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
