import { setTimeout as delay } from 'node:timers/promises';

import { ChatSocket, digitsAt, type Slice } from './chat-socket.ts';
import type { Arrival, Crowd, CrowdListener, OutgoingMessage } from './driver.ts';
import { poissonGapMs, seededRandom } from './random.ts';
import type { Scenario } from './scenario.ts';

export const TEXT_LENGTH = 120;
/** How many sockets are opened at a time. */
const OPENING_COUNT = 20;
const ARRIVAL_SEED = 300;

/** A text begins with the number of its message, by which whoever gets it knows which one it is. */
const TEXT_MARK = Buffer.from('"text":"#');
const SEQ_MARK = Buffer.from('"seq":');
const NEW_MESSAGE = '["new_message",';
const ANSWERED_OK = '[{"ok":true';

export interface CrowdProtocol {
  readonly port: number;
  readonly namespace: string;
  readonly readyEvent: string;
  readonly authOf: (person: number) => object;
  /** The arguments of the event that sends a message. */
  readonly sendingOf: (outgoing: OutgoingMessage, text: string) => readonly [string, object];
  readonly listener: CrowdListener;
  /** When people come; {@link OPENING_COUNT} at a time where it is absent. */
  readonly arrival?: Arrival | undefined;
  /** A socket that goes away in the middle spoils the run. */
  readonly onClose: (person: number, reason: string) => void;
}

/** Connects everybody of the scenario to a system that speaks Socket.IO with Parley's names. */
export async function openSocketIoCrowd(scenario: Scenario, protocol: CrowdProtocol): Promise<Crowd> {
  const sockets = await (protocol.arrival
    ? openAtMoments(scenario, protocol, protocol.arrival)
    : openSomeAtATime(scenario, protocol));

  return {
    send(outgoing) {
      const [name, payload] = protocol.sendingOf(outgoing, textOf(outgoing.message));
      sockets[outgoing.person]?.emit(outgoing.message, JSON.stringify([name, payload]));
    },
    close() {
      for (const socket of sockets) socket.close();
    },
  };
}

async function openSomeAtATime(
  { peopleCount }: Scenario,
  protocol: CrowdProtocol,
): Promise<readonly ChatSocket[]> {
  const sockets: ChatSocket[] = [];
  const waiting = Array.from({ length: peopleCount }, (_, person) => person);
  const workers = Array.from({ length: OPENING_COUNT }, async () => {
    for (let person = waiting.pop(); person !== undefined; person = waiting.pop()) {
      sockets[person] = await openSocket(person, protocol);
    }
  });
  await Promise.all(workers);
  return sockets;
}

/** An open loop: who is due comes, however long those before them take. */
async function openAtMoments(
  { peopleCount }: Scenario,
  protocol: CrowdProtocol,
  arrival: Arrival,
): Promise<readonly ChatSocket[]> {
  const random = seededRandom(ARRIVAL_SEED);
  const opening: Promise<ChatSocket>[] = [];
  let dueMs = performance.now();
  for (let person = 0; person < peopleCount; person += 1) {
    dueMs += poissonGapMs(random, arrival.ratePerSecond);
    const leftMs = dueMs - performance.now();
    if (leftMs > 0) await delay(leftMs);
    const dueAtMs = dueMs;
    const socket = openSocket(person, protocol);
    socket.then(
      () => arrival.onConnected(performance.now() - dueAtMs),
      // Who waits for all of them hears of it.
      () => undefined,
    );
    opening.push(socket);
  }
  return Promise.all(opening);
}

function openSocket(person: number, protocol: CrowdProtocol): Promise<ChatSocket> {
  const { listener } = protocol;
  return ChatSocket.open({
    port: protocol.port,
    namespace: protocol.namespace,
    auth: protocol.authOf(person),
    readyEvent: protocol.readyEvent,
    onAck: (message, { bytes, start, atMs }) => {
      const ok = bytes.toString('latin1', start, start + ANSWERED_OK.length) === ANSWERED_OK;
      listener.onAck(message, ok, atMs);
    },
    onEvent: (slice) => {
      const found = messageIn(slice);
      if (found) listener.onDelivery({ person, ...found, atMs: slice.atMs });
    },
    onClose: (reason) => protocol.onClose(person, reason),
  });
}

/** The number and the seq of a message in the bytes of a `new_message`. */
export function messageIn({
  bytes,
  start,
  end,
}: Slice): { readonly message: number; readonly seq: number } | undefined {
  if (bytes.toString('latin1', start, start + NEW_MESSAGE.length) !== NEW_MESSAGE) return undefined;
  const text = bytes.indexOf(TEXT_MARK, start);
  const seq = bytes.indexOf(SEQ_MARK, start);
  if (text < 0 || text >= end || seq < 0 || seq >= end) return undefined;
  return {
    message: digitsAt(bytes, text + TEXT_MARK.length).value,
    seq: digitsAt(bytes, seq + SEQ_MARK.length).value,
  };
}

export function textOf(message: number): string {
  return `#${message} Chào cả nhà, hẹn nhau ở hồ Gươm nhé. `.padEnd(TEXT_LENGTH, '.').slice(0, TEXT_LENGTH);
}
