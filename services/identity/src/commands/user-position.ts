import type { Position } from '@parley/contracts';

/** Where the user log stands after an act, as clients hand it back. */
export function userPosition(position: number): Position {
  return `user-${position}`;
}
