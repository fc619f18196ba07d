import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The wire between a client and its server, such as a device and its gateway, which a test may cut and mend. */
export interface Line {
  /** What the client takes for the server. */
  readonly url: string;
  /** Everything that is open breaks, and nothing new gets through. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Somebody who listens on a line: to one connection, and to what the server says in it. */
export interface Tap {
  toClient(chunk: Buffer): void;
  closed(): void;
}

/**
 * Lays a line to a server, or to several behind one address: they take turns, and one that is away is passed over. With
 * a tap on each connection where one is given.
 */
export async function layLine(servers: string | readonly string[], openTap?: () => Tap): Promise<Line> {
  const urls = [servers].flat().map((url) => new URL(url));
  const sockets = new Set<Socket>();
  let isCut = false;
  let turn = 0;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    turn += 1;
    const tap = openTap?.();
    keep(sockets, near);
    const inTurn = [...urls.slice(turn % urls.length), ...urls.slice(0, turn % urls.length)];
    join(near, inTurn, { sockets, tap });
  });
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  await listening(server);

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      breakAll();
    },
    mend() {
      isCut = false;
    },
    async close() {
      isCut = true;
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/** Joins a client to the first server that is there; where none is, it hears that at once. */
function join(
  near: Socket,
  [url, ...others]: readonly URL[],
  around: { readonly sockets: Set<Socket>; readonly tap: Tap | undefined },
): void {
  if (url === undefined || near.destroyed) {
    near.destroy();
    around.tap?.closed();
    return;
  }
  const far = connect({ host: url.hostname, port: Number(url.port) });
  const next = () => join(near, others, around);
  far.once('error', next);
  far.once('connect', () => {
    far.off('error', next);
    keep(around.sockets, far);
    // Both ends go together.
    near.once('close', () => far.destroy());
    far.once('close', () => {
      near.destroy();
      around.tap?.closed();
    });
    far.on('data', (chunk: Buffer) => around.tap?.toClient(chunk));
    near.pipe(far);
    far.pipe(near);
  });
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  // A broken line is the point of it.
  socket.on('error', () => undefined);
  socket.once('close', () => sockets.delete(socket));
}
