import type { CrowdListener, Delivery } from './driver.ts';
import { Histogram } from './histogram.ts';
import type { Scenario } from './scenario.ts';

export interface RunFigures {
  readonly sentCount: number;
  readonly ackedCount: number;
  /** Answered with an error, or not at all. */
  readonly failedCount: number;
  /** Deliveries of acknowledged messages that never came. */
  readonly lostCount: number;
  readonly doubledCount: number;
  readonly outOfOrderCount: number;
  readonly deliveryCount: number;
  readonly ack: Histogram;
  readonly delivery: Histogram;
}

interface Sent {
  readonly room: number;
  readonly sender: number;
  readonly scheduledAtMs: number;
  readonly isWarmUp: boolean;
  answer: 'none' | 'ok' | 'error';
  deliveryCount: number;
}

/** What one person has seen of one room: up to which number, and which numbers before it are missing. */
interface Seen {
  upTo: number;
  readonly missing: Set<number>;
}

/** Keeps account of every message and of every person it must reach. */
export class Ledger implements CrowdListener {
  readonly #scenario: Scenario;
  readonly #seen: ReadonlyMap<number, Seen>[];
  readonly #acked: number[] = [];
  #sent: Sent[] = [];
  /** The number of the first message of this run; what has a smaller one belongs to a run that is over. */
  #first = 0;
  #firstOpen = 0;
  #doubledCount = 0;
  #outOfOrderCount = 0;
  #ack = new Histogram();
  #delivery = new Histogram();

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#seen = scenario.members.map(
      (people) => new Map(people.map((person) => [person, { upTo: 0, missing: new Set<number>() }])),
    );
  }

  /** Every message ever acknowledged: what the archive must have. */
  get acked(): readonly number[] {
    return this.#acked;
  }

  beginRun(): void {
    this.#first += this.#sent.length;
    this.#sent = [];
    this.#firstOpen = 0;
    this.#doubledCount = 0;
    this.#outOfOrderCount = 0;
    this.#ack = new Histogram();
    this.#delivery = new Histogram();
  }

  /** Notes a message that is about to be sent, and gives it its number. */
  open(sending: Pick<Sent, 'room' | 'sender' | 'scheduledAtMs' | 'isWarmUp'>): number {
    this.#sent.push({ ...sending, answer: 'none', deliveryCount: 0 });
    return this.#first + this.#sent.length - 1;
  }

  onAck(message: number, ok: boolean, atMs: number): void {
    if (ok) this.#acked.push(message);
    const sent = this.#sent[message - this.#first];
    if (sent === undefined) return;
    sent.answer = ok ? 'ok' : 'error';
    if (ok && !sent.isWarmUp) this.#ack.record(atMs - sent.scheduledAtMs);
  }

  onDelivery({ person, message, seq, atMs }: Delivery): void {
    const sent = this.#sent[message - this.#first];
    if (sent === undefined) return;
    if (!this.#isNew(this.#seen[sent.room]?.get(person), seq) || person === sent.sender) return;
    sent.deliveryCount += 1;
    if (!sent.isWarmUp) this.#delivery.record(atMs - sent.scheduledAtMs);
  }

  /** How long the oldest message waits for its answer or for a person. */
  oldestOpenAgeMs(nowMs: number): number {
    for (let sent = this.#sent[this.#firstOpen]; sent; sent = this.#sent[this.#firstOpen]) {
      if (!this.#isDone(sent)) return nowMs - sent.scheduledAtMs;
      this.#firstOpen += 1;
    }
    return 0;
  }

  figures(): RunFigures {
    const acked = this.#sent.filter(({ answer }) => answer === 'ok');
    const deliveryCount = this.#sent.reduce((sum, sent) => sum + sent.deliveryCount, 0);
    const reached = acked.reduce((sum, sent) => sum + sent.deliveryCount, 0);
    return {
      sentCount: this.#sent.length,
      ackedCount: acked.length,
      failedCount: this.#sent.length - acked.length,
      lostCount: acked.length * this.#receiverCount - reached,
      doubledCount: this.#doubledCount,
      outOfOrderCount: this.#outOfOrderCount,
      deliveryCount,
      ack: this.#ack,
      delivery: this.#delivery,
    };
  }

  get #receiverCount(): number {
    return this.#scenario.roomSize - 1;
  }

  #isDone({ answer, deliveryCount }: Sent): boolean {
    return answer === 'error' || (answer === 'ok' && deliveryCount === this.#receiverCount);
  }

  /** A number beyond the last seen leaves those between missing; one of them that comes is late, any other double. */
  #isNew(seen: Seen | undefined, seq: number): boolean {
    if (seen === undefined) throw new Error('a message came to somebody who is not in its room');
    if (seq > seen.upTo) {
      // The first one seen sets where the room's numbers begin: not everything that is numbered is a message.
      const from = seen.upTo === 0 ? seq : seen.upTo + 1;
      for (let missing = from; missing < seq; missing += 1) seen.missing.add(missing);
      seen.upTo = seq;
      return true;
    }
    if (seen.missing.delete(seq)) {
      this.#outOfOrderCount += 1;
      return true;
    }
    this.#doubledCount += 1;
    return false;
  }
}
