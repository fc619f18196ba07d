import type { ErrorCode } from '@parley/contracts';
import type { Person } from '@parley/testing';

import type { DirectRole, GroupRole, Scene } from './scene.ts';

export type Expected = 'ok' | ErrorCode;

/** What is asked, by who asks and where. A part that a route or an event does not have is left out. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The body of a request, or the payload of an event. */
  readonly body?: unknown;
}

export type Ask = (actor: Person, scene: Scene) => Asked | Promise<Asked>;

/** One way to ask, and what each role is to be answered. */
export type Row =
  | {
      readonly place: 'group';
      /** Says which of several ways this is. */
      readonly what?: string;
      readonly ask: Ask;
      /** Whether success changes who may do what: then each that succeeds has a group of its own. */
      readonly changes: boolean;
      readonly cells: { readonly [R in GroupRole]: Expected };
    }
  | {
      readonly place: 'direct';
      readonly what?: string;
      readonly ask: Ask;
      readonly cells: { readonly [R in DirectRole]: Expected };
    }
  /** About the asker alone, or open to anybody: no conversation is in it. */
  | { readonly place: 'nowhere'; readonly why: string };

type GroupCells = { readonly [R in Exclude<GroupRole, 'stranger' | 'removed' | 'left'>]: Expected };

/** For those in the group, by role; to everybody else it does not exist. */
export function byRole(
  ...expected: [member: Expected, moderator: Expected, admin: Expected, owner: Expected]
) {
  const [member, moderator, admin, owner] = expected;
  return inside({ member, moderator, admin, owner });
}

/** The same for everybody in the group; to the others it does not exist. */
export function everyMember(expected: Expected) {
  return byRole(expected, expected, expected, expected);
}

/** The same for who reads: also who has left by themselves, up to there, where the group keeps the history for them. */
export function everyReader(expected: Expected) {
  return { ...everyMember(expected), left: expected } as const;
}

function inside(cells: GroupCells) {
  return { stranger: 'NOT_FOUND', removed: 'NOT_FOUND', left: 'NOT_FOUND', ...cells } as const;
}
