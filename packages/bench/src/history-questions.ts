import type { HistoryTown } from './history-town.ts';
import type { Random } from './random.ts';

/** What is asked at every size of the town, one row of the table each. */
export interface Question {
  readonly name: string;
  readonly barMs?: number;
  /** How much the p99 at the largest size may exceed that at the smallest. */
  readonly growthMax?: number;
  readonly who: 'reader' | 'sleeper';
  /** The path to ask for; drawn anew each time. */
  readonly path: (town: HistoryTown, random: Random) => string;
}

const SEARCH_BAR_MS = 50;

const history = { who: 'reader', barMs: 10, growthMax: 1.5 } as const;

export const questions: readonly Question[] = [
  {
    ...history,
    name: 'history: the newest page of the large conversation',
    path: ({ large }) => `/conversations/${large}/messages?limit=50`,
  },
  {
    ...history,
    name: 'history: a page in the middle of it',
    path: ({ large, largeHead }, random) => {
      const around = Math.ceil(largeHead * (0.25 + random() / 2));
      return `/conversations/${large}/messages?limit=50&around=${around}`;
    },
  },
  {
    ...history,
    name: 'history: its oldest page',
    path: ({ large }) => `/conversations/${large}/messages?limit=50&after=0`,
  },
  {
    name: 'list of 2,000 conversations, somebody who reads',
    who: 'reader',
    barMs: 25,
    path: () => '/conversations?limit=50',
  },
  {
    name: 'the same, only the unread ones',
    who: 'reader',
    barMs: 25,
    path: () => '/conversations?limit=50&unread=true',
  },
  {
    name: 'the same, by a part of the name',
    who: 'reader',
    barMs: 25,
    path: (_, random) => `/conversations?limit=50&q=pho%20${Math.floor(random() * 100)}`,
  },
  {
    name: 'the same, somebody who has never read anything',
    who: 'sleeper',
    barMs: 25,
    path: () => '/conversations?limit=50',
  },
  { name: 'unread totals, somebody who reads', who: 'reader', path: () => '/conversations/stats' },
  {
    name: 'unread totals, somebody who has never read anything',
    who: 'sleeper',
    path: () => '/conversations/stats',
  },
  {
    name: 'messages by type and by person, of the large conversation',
    who: 'reader',
    path: ({ large }) => `/conversations/${large}/messages/stats`,
  },
  // The first page of a search comes with its facets.
  ...Object.entries({
    'a phrase without accents': 'tieng viet',
    'a word of two signs': '上海',
    'a pair of letters in most messages': 'ng',
    'what nobody said': 'xyzzy',
  }).map(([what, words]): Question => ({
    name: `search with facets: ${what}`,
    who: 'reader',
    barMs: SEARCH_BAR_MS,
    path: () => `/conversations/messages/search?limit=20&q=${encodeURIComponent(words)}`,
  })),
];
