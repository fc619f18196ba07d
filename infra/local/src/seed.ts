import { Api, ApiError, Session } from '@parley/client';
import { newUuidV7 } from '@parley/contracts';
import type { ConversationId, UserId } from '@parley/contracts';

/** Everybody of the demo has it; the demo listens on loopback only. */
export const DEMO_PASSWORD = 'parley-demo';

const PEOPLE = [
  { username: 'an', displayName: 'An' },
  { username: 'binh', displayName: 'Bình' },
  { username: 'chi', displayName: 'Chi' },
  { username: 'dung', displayName: 'Dũng' },
] as const;
type Username = (typeof PEOPLE)[number]['username'];
type Line = readonly [Username, string];

interface Talk {
  readonly between: readonly [Username, ...Username[]];
  /** A group has a name; a direct chat is named after the other person. */
  readonly group?: string;
  readonly lines: readonly Line[];
}

const TALKS: readonly Talk[] = [
  {
    between: ['an', 'binh'],
    lines: [
      ['an', 'Chào Bình! Are you in Hanoi already?'],
      ['binh', 'Since this morning. The train was early for once.'],
      ['an', 'Phở at seven, the usual place?'],
      ['binh', 'Deal. I bring Chi.'],
    ],
  },
  {
    between: ['an', 'chi'],
    lines: [
      ['chi', 'Bình says there will be phở.'],
      ['an', 'There will.'],
    ],
  },
  {
    between: ['chi', 'dung'],
    lines: [['dung', 'Chi, could you look at the map before Saturday?']],
  },
  {
    between: ['an', 'binh', 'chi', 'dung'],
    group: 'Weekend in Ninh Bình',
    lines: [
      ['an', 'Saturday at six, at the station. Who drives?'],
      ['dung', 'I do. Three seats left, so exactly us.'],
      ['chi', 'I have the map. Cúc Phương first, then Tràng An.'],
      ['binh', 'And lunch?'],
      ['chi', 'Lunch is on the map, too.'],
      ['an', 'Then it is settled.'],
    ],
  },
  {
    between: ['binh', 'chi', 'dung'],
    group: 'Present for An',
    lines: [
      ['binh', 'Her birthday is in two weeks. Ideas?'],
      ['chi', 'A tea set. She keeps borrowing mine.'],
      ['dung', 'I am in.'],
    ],
  },
];

export interface SignIn {
  readonly displayName: string;
  readonly username: string;
  readonly password: string;
}

export function demoSignIns(): readonly SignIn[] {
  return PEOPLE.map((person) => ({ ...person, password: DEMO_PASSWORD }));
}

/**
 * Four people who know each other, with something said already. Told through the public edge like any client's
 * words. Every step may be repeated, so a seeding that was cut off is completed by the next one; a tenant in
 * which somebody else holds these names is left alone.
 */
export async function seedDemo(gatewayUrl: string): Promise<'seeded' | 'left alone'> {
  const api = new Api({ url: gatewayUrl });
  const people = new Map<Username, { readonly api: Api; readonly session: Session }>();
  for (const person of PEOPLE) {
    const session = await enter(api, person);
    if (session === undefined) return 'left alone';
    people.set(person.username, { api: api.as(session), session });
  }

  const apis = (username: Username): Api => found(people, username).api;
  const ids = (username: Username): UserId => found(people, username).session.tokens.userId;
  for (const talk of TALKS) await hold(talk, { apis, ids });
  for (const { session } of people.values()) await session.signOut();

  return 'seeded';
}

interface Company {
  readonly apis: (username: Username) => Api;
  readonly ids: (username: Username) => UserId;
}

/** Registers a person, or signs them in where an earlier seeding did. */
async function enter(api: Api, person: (typeof PEOPLE)[number]): Promise<Session | undefined> {
  const device = { name: 'the demo', platform: 'other' } as const;
  const account = { username: person.username, password: DEMO_PASSWORD, device };
  try {
    return await Session.register(api, { ...account, displayName: person.displayName });
  } catch {
    return Session.signIn(api, account).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'UNAUTHENTICATED') return undefined;
      throw error;
    });
  }
}

async function hold(talk: Talk, company: Company): Promise<void> {
  const { conversationId, lastMessage } = await open(talk, company);
  if (lastMessage !== null) return;

  for (const [username, content] of talk.lines) {
    await company.apis(username).call('sendText', {
      body: { conversationId, clientMessageId: newUuidV7(), content },
    });
  }
}

async function open(
  talk: Talk,
  company: Company,
): Promise<{ conversationId: ConversationId; lastMessage: unknown }> {
  const [first, ...others] = talk.between;
  const memberIds = others.map(company.ids);
  if (talk.group !== undefined) {
    const body = { name: talk.group, memberIds };
    return company.apis(first).call('startGroup', { body, idempotencyKey: `demo-${TALKS.indexOf(talk)}` });
  }

  const [recipientId] = memberIds;
  if (recipientId === undefined) throw new Error('a direct chat has two people');
  return company.apis(first).call('startDirect', { body: { recipientId } });
}

function found<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nobody is called ${String(key)}`);

  return value;
}
