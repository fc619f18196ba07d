import type { Frame } from './frames.ts';

/** How many live events may wait for the end of a synchronisation; with more the device has to begin again. */
const HELD_FRAME_COUNT_MAX = 10_000;

/**
 * Live events that wait until a device was told what it missed before them. Those that it was told of with that are
 * dropped then, so that it hears everything once.
 */
export class HeldFrames {
  readonly #frames: Frame[] = [];
  #hasOverflown = false;

  hold(frame: Frame): void {
    if (this.#frames.length < HELD_FRAME_COUNT_MAX) this.#frames.push(frame);
    else this.#hasOverflown = true;
  }

  /** What is left to be said; undefined where not all of it was kept. */
  after(toldUpTo: ReadonlyMap<string, number>): readonly Frame[] | undefined {
    if (this.#hasOverflown) return undefined;
    return this.#frames.filter((frame) => {
      const number = numberIn(frame);
      return number === undefined || number.seq > (toldUpTo.get(number.conversationId) ?? 0);
    });
  }
}

/** Which number of which conversation an event is, where it is one. Read from the packet: it happens once a frame. */
function numberIn({ packet }: Frame): { readonly conversationId: string; readonly seq: number } | undefined {
  const [name, said] = JSON.parse(packet.slice(packet.indexOf('['))) as [string, Said];
  const { conversationId, seq } = name === 'new_message' && said.message ? said.message : said;
  return typeof conversationId === 'string' && typeof seq === 'number' ? { conversationId, seq } : undefined;
}

interface Said {
  readonly conversationId?: unknown;
  readonly seq?: unknown;
  readonly message?: { readonly conversationId?: unknown; readonly seq?: unknown };
}
