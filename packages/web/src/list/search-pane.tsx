import type { PersonView, SearchAnswer } from '@parley/contracts';
import { useCallback, useState } from 'react';

import { Avatar } from '../parts/avatar.tsx';
import { Spinner } from '../parts/spinner.tsx';
import { useChat, useLoaded, useSettled } from '../state/hooks.ts';
import { attempt } from '../state/notices.ts';
import { goTo } from '../state/place.ts';
import { chat } from '../state/session.ts';
import { useWords } from '../words/words.ts';
import { SearchHitRow } from './search-hit-row.tsx';

const TYPING_WAIT_MS = 250;
const PEOPLE_COUNT_MAX = 5;
/** A page may come empty and have more after it. */
const EMPTY_PAGE_COUNT_MAX = 20;

interface SearchPaneProps {
  readonly text: string;
  readonly onDone: () => void;
  /** Only what was said in this conversation. */
  readonly conversationId?: string;
}

/** What is found: conversations and people by name, and what was said. */
export default function SearchPane({ text, onDone, conversationId }: SearchPaneProps) {
  const words = useWords();
  const settled = useSettled(text.trim(), TYPING_WAIT_MS);
  const findPeople = useCallback(
    () => (conversationId === undefined ? chat.findPeople(settled) : Promise.resolve([])),
    [settled, conversationId],
  );
  const { value: people = [] } = useLoaded(findPeople);
  const { userId: myId } = useChat();
  const others = people.filter(({ userId }) => userId !== myId).slice(0, PEOPLE_COUNT_MAX);
  return (
    <div className="scroll-thin min-h-0 grow overflow-y-auto px-2 pb-4">
      {others.length > 0 && (
        <>
          <h2 className="px-2.5 pt-2 pb-1 text-[13px] font-semibold text-soft">{words.people}</h2>
          <ul>
            {others.map((person) => (
              <PersonRow key={person.userId} person={person} onDone={onDone} />
            ))}
          </ul>
        </>
      )}
      <h2 className="px-2.5 pt-3 pb-1 text-[13px] font-semibold text-soft">{words.messages}</h2>
      <FoundMessages
        key={settled}
        text={settled}
        {...(conversationId === undefined ? {} : { conversationId })}
      />
    </div>
  );
}

function PersonRow({ person, onDone }: { readonly person: PersonView; readonly onDone: () => void }) {
  const { displayName, userId, username } = person;
  const open = () =>
    attempt(async () => {
      const { conversationId } = await chat.startDirect(userId);
      onDone();
      goTo({ at: 'conversation', conversationId });
    });
  return (
    <li>
      <button type="button" className="menu-item !rounded-xl !px-2.5 !py-2" onClick={() => void open()}>
        <Avatar name={displayName} id={userId} />
        <span className="min-w-0">
          <span className="block truncate font-semibold">{displayName}</span>
          <span className="block truncate text-[13px] text-soft">@{username}</span>
        </span>
      </button>
    </li>
  );
}

function FoundMessages({
  text,
  conversationId,
}: {
  readonly text: string;
  readonly conversationId?: string;
}) {
  const words = useWords();
  const [more, setMore] = useState<readonly SearchAnswer[]>([]);
  const search = useCallback(() => searchPage({ text, conversationId }), [text, conversationId]);
  const { value: first, error } = useLoaded(search);
  if (error !== undefined && first === undefined) return <p className="p-3">{words.errors.other}</p>;
  if (first === undefined) return <Spinner />;
  const pages = [first, ...more];
  const hits = pages.flatMap(({ data }) => data);
  const cursor = pages.at(-1)?.page.nextCursor ?? undefined;
  return (
    <>
      <ul>
        {hits.map((hit) => (
          <SearchHitRow key={hit.message.messageId} hit={hit} />
        ))}
      </ul>
      {hits.length === 0 && <p className="px-2.5 py-2 text-[14px] text-soft">{words.noMatches}</p>}
      {cursor !== undefined && (
        <button
          type="button"
          className="button-plain mx-auto mt-2 !flex"
          onClick={() =>
            void attempt(async () => {
              const page = await searchPage({ text, conversationId, cursor });
              setMore((known) => [...known, page]);
            })
          }
        >
          {words.loadMore}
        </button>
      )}
    </>
  );
}

interface Search {
  readonly text: string;
  readonly conversationId: string | undefined;
  readonly cursor?: string;
}

/** The next page with something on it, or the last one. */
async function searchPage({ text, conversationId, cursor }: Search): Promise<SearchAnswer> {
  let from = cursor;
  for (let tries = 1; ; tries += 1) {
    const page = await chat.search({
      q: text,
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(from === undefined ? {} : { cursor: from }),
    });
    from = page.page.nextCursor ?? undefined;
    if (page.data.length > 0 || from === undefined || tries === EMPTY_PAGE_COUNT_MAX) return page;
  }
}
