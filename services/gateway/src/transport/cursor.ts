import { createHmac, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 12;

/** Signs the cursors of lists, so that a place in a list is only ever one that a gateway has given out. */
export class CursorSigner {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  sign(cursor: string): string {
    const body = Buffer.from(cursor);
    return Buffer.concat([this.#mac(body), body]).toString('base64url');
  }

  /** The cursor inside, or undefined where a byte of it was changed. */
  open(signed: string): string | undefined {
    const bytes = Buffer.from(signed, 'base64url');
    const body = bytes.subarray(MAC_BYTES);
    if (bytes.length <= MAC_BYTES || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), this.#mac(body))) {
      return undefined;
    }
    return body.toString();
  }

  #mac(body: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(body).digest().subarray(0, MAC_BYTES);
  }
}
