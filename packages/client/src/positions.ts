import type { MessageStatus } from './chat-message.ts';

/**
 * How far each person has read a conversation, and how far it has come to their devices. Positions only go
 * forward, however often and in whatever order they are told, so every device that was told the same shows the same.
 */
export class Positions {
  readonly #myId: string;
  readonly #reads = new Map<string, number>();
  readonly #deliveries = new Map<string, number>();

  constructor(myId: string) {
    this.#myId = myId;
  }

  get reads(): ReadonlyMap<string, number> {
    return this.#reads;
  }

  /** What was read was delivered. */
  get deliveries(): ReadonlyMap<string, number> {
    return this.#deliveries;
  }

  /** Whether it moved. */
  takeRead(userId: string, upToSeq: number): boolean {
    this.takeDelivered(userId, upToSeq);
    return moveForward(this.#reads, userId, upToSeq);
  }

  /** Whether it moved. */
  takeDelivered(userId: string, upToSeq: number): boolean {
    return moveForward(this.#deliveries, userId, upToSeq);
  }

  /** How far an own message has come, by its number: as far as with the one who is ahead of all others. */
  ticks(): (seq: number) => MessageStatus {
    const read = this.#furthestOther(this.#reads);
    const delivered = this.#furthestOther(this.#deliveries);
    return (seq) => (seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent');
  }

  #furthestOther(positions: ReadonlyMap<string, number>): number {
    let furthest = 0;
    for (const [userId, seq] of positions) if (userId !== this.#myId) furthest = Math.max(furthest, seq);
    return furthest;
  }
}

function moveForward(positions: Map<string, number>, userId: string, upToSeq: number): boolean {
  if (upToSeq <= (positions.get(userId) ?? 0)) return false;
  positions.set(userId, upToSeq);
  return true;
}
