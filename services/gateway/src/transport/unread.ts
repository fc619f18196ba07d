/** What a reader may leave unread before it is cut off and told to sync. */
export const UNREAD_BYTES_MAX = 1024 * 1024;
export const UNREAD_FRAME_COUNT_MAX = 256;

interface Written {
  readonly endByte: number;
  readonly frameCount: number;
}

/**
 * What was written to a socket and is still in this process, because its reader does not read. Bytes leave in order,
 * so how many are left tells which frames are. A reader that keeps up costs one comparison.
 */
export class Unread {
  #written: Written[] = [];
  #endByte = 0;
  #frameCount = 0;

  /** Notes a write. `leftBytes` is what waits in this process after it. */
  note(write: { readonly bytes: number; readonly frameCount: number }, leftBytes: number): void {
    this.#endByte += write.bytes;
    if (leftBytes === 0) {
      if (this.#frameCount > 0) this.#forget();
      return;
    }
    this.#written.push({ endByte: this.#endByte, frameCount: write.frameCount });
    this.#frameCount += write.frameCount;
  }

  /** Whether the reader has left too much. `leftBytes` is what waits in this process now. */
  isTooMuch(leftBytes: number): boolean {
    if (leftBytes === 0) {
      if (this.#frameCount > 0) this.#forget();
      return false;
    }
    const leftFrom = this.#endByte - leftBytes;
    const firstLeft = this.#written.findIndex(({ endByte }) => endByte > leftFrom);
    for (const { frameCount } of this.#written.splice(0, Math.max(0, firstLeft))) {
      this.#frameCount -= frameCount;
    }
    return leftBytes > UNREAD_BYTES_MAX || this.#frameCount > UNREAD_FRAME_COUNT_MAX;
  }

  #forget(): void {
    this.#written = [];
    this.#frameCount = 0;
  }
}
