import type { BlockedPerson } from '@parley/client';

import { Cell } from './cell.ts';
import { chat } from './session.ts';

/** Whom the person has blocked: what they say in groups is not shown. */
export const blocked = new Cell<readonly BlockedPerson[]>([]);

export async function loadBlocked(): Promise<void> {
  blocked.set(await chat.blocks.list());
}

export async function block(userId: string): Promise<void> {
  await chat.blocks.block(userId);
  await loadBlocked();
}

export async function unblock(userId: string): Promise<void> {
  await chat.blocks.unblock(userId);
  await loadBlocked();
}
