import { isMember, type Membership, type UserId } from '@parley/contracts';

interface Place {
  readonly userId: UserId;
  readonly upToSeq: number;
}

/** What becomes of a position that somebody is said to have come to. */
export type Standing = 'stands' | 'not-a-member' | 'beyond-the-head';

export interface Decided<Position extends Place> {
  readonly results: readonly { readonly userId: UserId; readonly standing: Standing }[];
  readonly positions: readonly Position[];
}

/** Which of the positions stand: those of members, up to what there is. */
export function decidePositions<Position extends Place>(
  state: { readonly membership: Membership; readonly headSeq: number },
  places: readonly Position[],
): Decided<Position> {
  const results = places.map(({ userId, upToSeq }) => {
    if (!isMember(state.membership, userId)) return { userId, standing: 'not-a-member' as const };
    if (upToSeq > state.headSeq) return { userId, standing: 'beyond-the-head' as const };
    return { userId, standing: 'stands' as const };
  });
  return { results, positions: places.filter((_, index) => results[index]?.standing === 'stands') };
}
