import { request } from 'node:http';

import { type ErrorCode, errorCodes } from '@parley/contracts';
import { WAIT_MS_MAX } from '@parley/testing';
import { io, type Socket } from 'socket.io-client';

export interface RawRequest {
  readonly method: string;
  /** Sent as it is: no client tidies it up. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** What a call came to: an error's code, `ok`, or what was answered that is in no list. */
export async function outcomeOf(gatewayUrl: string, raw: RawRequest): Promise<string> {
  const answer = await send(gatewayUrl, raw).catch((error: unknown) => ({
    status: 599,
    text: String(error),
  }));
  const { status, text } = answer;
  if (status < 400) return `ok ${status}`;
  return codeIn(parsed(text), status) ?? `${status} ${text.slice(0, 200)}`;
}

/** How a socket's packets travel. */
export type Transport = 'websocket' | 'polling';

interface RawSocketOptions {
  readonly transport?: Transport;
  /** Hears every event from the beginning. */
  readonly onEvent?: (name: string, said: unknown) => void;
}

/** Somebody's socket without the SDK, which would not say such things. */
export async function rawSocket(
  gatewayUrl: string,
  auth: object,
  { transport = 'websocket', onEvent }: RawSocketOptions = {},
): Promise<Socket> {
  const socket = io(`${gatewayUrl}/chat`, {
    auth,
    reconnection: false,
    forceNew: true,
    transports: [transport],
  });
  if (onEvent) socket.onAny(onEvent);
  await new Promise<void>((resolve, reject) => {
    socket.once('connected', () => resolve());
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Why a handshake is refused. */
export async function refusalOfHandshake(gatewayUrl: string, auth: object): Promise<string> {
  try {
    (await rawSocket(gatewayUrl, auth)).disconnect();
    return 'ok';
  } catch (error) {
    return codeIn((error as { readonly data?: unknown }).data) ?? String(error);
  }
}

/** What an event is answered with. */
export async function answerTo(socket: Socket, name: string, args: readonly unknown[]): Promise<string> {
  try {
    const answer: unknown = await socket.timeout(WAIT_MS_MAX).emitWithAck(name, ...args);
    const { ok, error } = answer as { readonly ok?: unknown; readonly error?: unknown };
    return ok === true ? 'ok' : (codeIn(error) ?? JSON.stringify(answer));
  } catch (error) {
    return `no answer: ${String(error)}`;
  }
}

/** Speaks Engine.IO by hand: joins /chat, says the frames, and tells what the last thing was that it heard. */
export async function frameOutcome(
  gatewayUrl: string,
  token: string,
  frames: readonly string[],
): Promise<string> {
  const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  let isClosed = false;
  socket.addEventListener('message', ({ data }) => heard.push(String(data)));
  socket.addEventListener('close', () => {
    isClosed = true;
  });
  const hears = (prefix: string) =>
    heardInTime(() => heard.some((frame) => frame.startsWith(prefix)) || isClosed);
  await hears('0{');
  socket.send(`40/chat,${JSON.stringify({ token })}`);
  await hears('42/chat,["connected"');
  const before = heard.length;
  for (const frame of frames) socket.send(frame);
  // The probe is answered after everything that was said before it.
  socket.send('42/chat,77["join_conversation",null]');
  const isOver = () => isClosed || heard.some((frame) => frame.startsWith('43/chat,77['));
  await heardInTime(isOver);
  if (!isClosed) socket.close();
  const answers = heard.slice(before).filter((frame) => !frame.startsWith('43/chat,77[') && frame !== '2');
  return answers[0] ?? (isClosed ? 'closed' : 'ignored');
}

/** A code of the closed list, with the status that belongs to it. */
function codeIn(error: unknown, status?: number): ErrorCode | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message, definite, requestId } = error as Readonly<Record<string, unknown>>;
  if (typeof code !== 'string' || !Object.hasOwn(errorCodes, code)) return undefined;
  const known = errorCodes[code as ErrorCode];
  const isWhole = typeof message === 'string' && typeof requestId === 'string' && definite === known.definite;
  return isWhole && (status ?? known.status) === known.status ? (code as ErrorCode) : undefined;
}

export function send(
  gatewayUrl: string,
  raw: RawRequest,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(gatewayUrl);
  const { method, path, headers, body } = raw;
  return new Promise((resolve, reject) => {
    // A connection each: one that the server closes over a bad request must not spoil the next.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { hostname, port, method, path, headers: { ...length, ...headers }, agent: false };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function heardInTime(isThere: () => boolean): Promise<void> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (!isThere() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
}
