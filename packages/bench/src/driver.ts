import type { ProcessGroup } from './process-usage.ts';
import type { Scenario } from './scenario.ts';

/** What the people of a crowd report. Times are of `performance.now()`, taken when the bytes came in. */
export interface CrowdListener {
  onAck(message: number, ok: boolean, atMs: number): void;
  /** `seq` is the system's own number of the message in its room: dense and rising, or it is out of order. */
  onDelivery(delivery: Delivery): void;
}

export interface Delivery {
  readonly person: number;
  readonly message: number;
  readonly seq: number;
  readonly atMs: number;
}

export interface OutgoingMessage {
  readonly message: number;
  readonly person: number;
  readonly room: number;
}

/** How people come: at random moments, so many a second, whatever becomes of those before them. */
export interface Arrival {
  readonly ratePerSecond: number;
  /** The system knows everybody, and nobody is connected yet. */
  onSeeded(): void;
  /** From the moment when a connection was due until its person is in all rooms. */
  onConnected(tookMs: number): void;
}

/** Everybody connected and in their rooms. */
export interface Crowd {
  /** Sends and does not wait. */
  send(outgoing: OutgoingMessage): void;
  close(): void;
}

/** One chat system under load. */
export interface Driver extends AsyncDisposable {
  readonly name: string;
  /** Versions of what runs, for the report. */
  readonly versions: Readonly<Record<string, string>>;
  /** Every process of the server side. */
  processes(): readonly ProcessGroup[];
  /** People come a few at a time unless told how. */
  open(scenario: Scenario, listener: CrowdListener, arrival?: Arrival): Promise<Crowd>;
  /** How many of these messages the system's archive does not have in the end; absent where it keeps none. */
  countMissing?(messages: readonly number[]): Promise<number>;
}
