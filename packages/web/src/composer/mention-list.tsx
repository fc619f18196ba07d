import { Users } from 'lucide-react';

import { Avatar } from '../parts/avatar.tsx';
import { useWords } from '../words/words.ts';

export interface Candidate {
  /** Absent: everybody. */
  readonly userId?: string;
  readonly name: string;
}

interface MentionListProps {
  readonly candidates: readonly Candidate[];
  readonly chosen: number;
  readonly onPick: (candidate: Candidate) => void;
}

/** Whom the letters after `@` may mean; arrows and Enter choose without leaving the words. */
export function MentionList({ candidates, chosen, onPick }: MentionListProps) {
  const words = useWords();
  return (
    <ul
      role="listbox"
      aria-label={words.mention}
      className="rise absolute bottom-full left-4 mb-2 w-72 rounded-2xl bg-raised p-1.5 shadow-float"
    >
      {candidates.map((candidate, index) => (
        <li
          key={candidate.userId ?? 'all'}
          role="option"
          aria-selected={index === chosen}
          className={`flex cursor-pointer items-center gap-3 rounded-xl px-2.5 py-1.5 text-[14px] ${index === chosen ? 'bg-hover' : ''}`}
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(candidate);
          }}
        >
          {candidate.userId === undefined ? (
            <Users size={28} aria-hidden className="p-1 text-accent" />
          ) : (
            <Avatar name={candidate.name} id={candidate.userId} size="small" />
          )}
          {candidate.userId === undefined ? `@all · ${words.everybody}` : candidate.name}
        </li>
      ))}
    </ul>
  );
}
