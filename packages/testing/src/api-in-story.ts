import type { Api } from '@parley/client';

/**
 * The REST side of somebody in a story: what they read includes all that has happened, whoever did it. A reader who
 * names no position is told what the tables have, and how far these lag is nothing that a story is about; that one's own
 * writes are there without it is what the gate proves (`p6-read-your-writes`).
 */
export class ApiInStory {
  readonly #api: () => Api;
  readonly #endsOfLogs: () => Promise<readonly string[]>;

  constructor(api: () => Api, endsOfLogs: () => Promise<readonly string[]>) {
    this.#api = api;
    this.#endsOfLogs = endsOfLogs;
  }

  readonly call = (async (...asked: Parameters<Api['call']>) => {
    const api = this.#api();
    for (const position of await this.#endsOfLogs()) api.include(position);
    return api.call(...asked);
  }) as Api['call'];
}
