import type { Delivery } from './deliveries.ts';
import type { LeverVerb } from './levers-server.ts';

/** The parts of the running system, for tests that break them. */
export class Levers {
  readonly #url: string;
  #isPulled = false;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * Stops, starts, kills or restarts a server (`nats`, `postgres`, `redis`) or an instance (`message-1`). When this
   * leaves nothing down, it comes back only once every service is well.
   */
  async pull(part: string, verb: LeverVerb): Promise<void> {
    this.#isPulled = true;
    await this.#ask(`${part}/${verb}`);
  }

  /** Leaves the system as it was found: what is down is started, and everybody is well. */
  async mend(): Promise<void> {
    if (this.#isPulled) await this.#ask('mend');
  }

  async pid(part: string): Promise<number | undefined> {
    const { pid } = (await this.#ask(part)) as { readonly pid?: number };
    return pid;
  }

  /** Everything that gateways have said to anybody since the last call. */
  async overheard(): Promise<readonly Delivery[]> {
    const { deliveries } = (await this.#ask('overheard')) as { readonly deliveries: readonly Delivery[] };
    return deliveries;
  }

  /** Every service anew, all at once. */
  async restartAllServices(): Promise<void> {
    const names = await this.#serviceNames();
    await Promise.all(names.map((name) => this.pull(name, 'stop')));
    await Promise.all(names.map((name) => this.pull(name, 'start')));
  }

  /** Who runs as which process: equal before and after where nobody died. */
  async pids(): Promise<Readonly<Record<string, number | undefined>>> {
    const names = await this.#serviceNames();
    const pids = await Promise.all(names.map(async (name) => [name, await this.pid(name)] as const));
    return Object.fromEntries(pids);
  }

  async #serviceNames(): Promise<readonly string[]> {
    const { names } = (await this.#ask('services')) as { readonly names: readonly string[] };
    return names;
  }

  async #ask(path: string): Promise<unknown> {
    const response = await fetch(`${this.#url}/${path}`, { method: 'POST' });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
    return body;
  }
}
