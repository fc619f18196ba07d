/**
 * Where one system can be reached: its only address, or those of several gateways. All are the same to a client, so
 * it stays with one that answers and goes on to the next when that does not.
 */
export class Addresses {
  readonly #urls: readonly string[];
  #index = 0;

  /** As `https://chat.example.com`; the first one is tried first. */
  constructor(url: string | readonly string[]) {
    this.#urls = (typeof url === 'string' ? [url] : url).map((one) => one.replace(/\/+$/, ''));
    if (this.#urls.length === 0) throw new TypeError('At least one address is needed.');
  }

  static of(where: Where): Addresses {
    return where instanceof Addresses ? where : new Addresses(where);
  }

  get current(): string {
    return this.#urls[this.#index] ?? '';
  }

  get count(): number {
    return this.#urls.length;
  }

  /** This one does not answer. Whoever has gone on already, over REST or the socket, has done so for both. */
  leave(url: string): void {
    if (url === this.current) this.#index = (this.#index + 1) % this.#urls.length;
  }
}

/** An address, several of them, or what somebody else goes on with as well. */
export type Where = string | readonly string[] | Addresses;
