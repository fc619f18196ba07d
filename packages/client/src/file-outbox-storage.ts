import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

import type { OutboxItem, OutboxStorage } from './outbox-storage.ts';

const ITEM = /^(\d{12})-(.+)\.json$/;
const ORDER_DIGIT_COUNT = 12;
/** What cannot be read is set aside under this ending, for people to look at. */
const UNREADABLE = '.unreadable';

/**
 * Keeps unsent messages in a folder of their own, one file each, for programs on Node. Each step is on the disk before
 * its promise is fulfilled: the file is written, synced and put in its place as a whole, then the folder is synced. So
 * a power cut leaves a message as it was before or as it is after, and two programs of one person do not disturb each other.
 */
export function fileOutboxStorage(dir: string): OutboxStorage {
  return new FileOutboxStorage(dir);
}

class FileOutboxStorage implements OutboxStorage {
  readonly #dir: string;
  #names: Map<string, string> | undefined;
  #lastOrder = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async load(): Promise<readonly OutboxItem[]> {
    const names = await this.#read();
    const items: OutboxItem[] = [];
    for (const [localId, name] of names) {
      const item = await this.#itemIn(name);
      if (item === undefined) names.delete(localId);
      else items.push(item);
    }
    return items;
  }

  async put(item: OutboxItem): Promise<void> {
    const names = this.#names ?? (await this.#read());
    const name = names.get(item.localId) ?? this.#nextName(item.localId);
    const path = join(this.#dir, name);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(item));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await this.#sync();
    names.set(item.localId, name);
  }

  async remove(localId: string): Promise<void> {
    const names = this.#names ?? (await this.#read());
    const name = names.get(localId);
    if (name === undefined) return;
    await rm(join(this.#dir, name), { force: true });
    await this.#sync();
    names.delete(localId);
  }

  /** By `localId`, in the order in which they were put. */
  async #read(): Promise<Map<string, string>> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const names = new Map<string, string>();
    for (const name of (await readdir(this.#dir)).toSorted()) {
      const [, order, localId] = ITEM.exec(name) ?? [];
      if (localId === undefined) continue;
      names.set(localId, name);
      this.#lastOrder = Math.max(this.#lastOrder, Number(order));
    }
    this.#names = names;
    return names;
  }

  #nextName(localId: string): string {
    this.#lastOrder += 1;
    return `${String(this.#lastOrder).padStart(ORDER_DIGIT_COUNT, '0')}-${localId}.json`;
  }

  /** `undefined` where another program has sent it meanwhile, or nobody can read it. */
  async #itemIn(name: string): Promise<OutboxItem | undefined> {
    const path = join(this.#dir, name);
    const text = await readFile(path, 'utf8').catch(unlessGone);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as OutboxItem;
    } catch {
      // One that is broken must not keep the others from being sent.
      await rename(path, `${path}${UNREADABLE}`);
      return undefined;
    }
  }

  async #sync(): Promise<void> {
    // Windows cannot open a folder, and writes its entries down by itself.
    if (platform() === 'win32') return;
    const folder = await open(this.#dir, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
