import { type KeyboardEvent, useState } from 'react';

import { useDesk } from '../conversation/conversation-desk.ts';
import { chat } from '../state/session.ts';
import type { Candidate } from './mention-list.tsx';
import { folded, mentionQuery } from './mention-query.ts';

const CANDIDATE_COUNT_MAX = 6;
const EVERYBODY: Candidate = { name: 'all' };

/** Whom the letters before the caret may mean, and the keys that choose among them. */
export function useMentions(text: string, caret: number) {
  const { snapshot, myId } = useDesk();
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<string>();
  const query = snapshot.kind === 'group' ? mentionQuery(text, caret) : undefined;
  const candidates = query === undefined || dismissed === text ? [] : matching(query, snapshot.members, myId);
  const chosen = Math.min(at, Math.max(0, candidates.length - 1));

  /** Whether the key was meant for the list. */
  const takeKey = (event: KeyboardEvent, pick: (candidate: Candidate) => void): boolean => {
    const candidate = candidates[chosen];
    if (candidate === undefined) return false;
    const { length } = candidates;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + length) % length);
    else if (event.key === 'Enter' || event.key === 'Tab') pick(candidate);
    else if (event.key === 'Escape') setDismissed(text);
    else return false;
    event.preventDefault();
    return true;
  };
  return { candidates, chosen, takeKey };
}

function matching(
  query: string,
  members: ReadonlyMap<string, unknown> | undefined,
  myId: string,
): readonly Candidate[] {
  const wanted = folded(query);
  const people = [...(members?.keys() ?? [])]
    .filter((userId) => userId !== myId)
    .map((userId) => ({ userId, name: chat.nameOf(userId) }));
  return [...people, EVERYBODY]
    .filter(
      ({ name }) =>
        folded(name)
          .split(' ')
          .some((word) => word.startsWith(wanted)) || folded(name).startsWith(wanted),
    )
    .slice(0, CANDIDATE_COUNT_MAX);
}
