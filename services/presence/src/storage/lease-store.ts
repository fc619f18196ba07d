import { PresenceStatus, type Tenant, type UserId } from '@parley/contracts';
import type { Redis } from '@parley/service-kit/shared-limit';

import { beat, commit, hide, renew } from './scripts.ts';

/** How long a person is remembered who does not come back: for when they were there last. */
const REMEMBER_MS = 30 * 86_400_000;
/** When nobody has looked after the leases for so long, some may have ended although their devices were there. */
const STANDSTILL_MS = 5_000;
const SEEN = 'seen';
const TOLD = 'told';
const SHOWN = 'shown';
const VERSION = 'v';
/** In front of every lease's field; what follows names the device and its gateway. */
const LEASE = 'l:';

/** A lease as it is written. */
export interface WrittenLease {
  readonly userId: UserId;
  readonly key: string;
  readonly untilMs: number;
  readonly isAway: boolean;
  /** When the device gave its last sign of life. */
  readonly heardAtMs: number;
}

/** What is kept of one person, and by which version of it a change of that is bound. */
export interface StoredPerson {
  readonly userId: UserId;
  readonly version: string;
  readonly leases: readonly { readonly key: string; readonly untilMs: number; readonly isAway: boolean }[];
  readonly seenAtMs: number | undefined;
  readonly told: PresenceStatus | undefined;
  readonly isHidden: boolean | undefined;
}

export interface Commit {
  readonly person: StoredPerson;
  /** What watchers are told by it. */
  readonly told: PresenceStatus | undefined;
  readonly ended: readonly string[];
  readonly dueAtMs: number | undefined;
}

/** Redis does not answer. It is waited for, as any part that is away. */
export class LeasesAwayError extends Error {
  override readonly name = 'LeasesAwayError';
  readonly code = 'ETIMEDOUT';

  constructor(cause: unknown) {
    super('the leases cannot be reached', { cause });
  }
}

/**
 * The leases in Redis: a hash for each person, and a list of whom to look at when. All of a tenant lies in one slot of
 * a cluster, so that a script may touch a person and the list. Redis' own clock is the only one.
 */
export class LeaseStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, tenant: Tenant) {
    this.#redis = redis;
    this.#prefix = `presence:{${tenant}}`;
  }

  /** The time, and from when on a missing lease means that nobody is there. Looking changes nothing. */
  async clock(settleMs: number): Promise<{ readonly nowMs: number; readonly settledAtMs: number }> {
    const [time, beatAt, sinceAt] = await this.#run([['time'], ['get', this.#beat], ['get', this.#since]]);
    const nowMs = timeMs(time);
    const isLookedAfter = nowMs - Number(beatAt ?? 0) <= STANDSTILL_MS;
    return { nowMs, settledAtMs: (isLookedAfter ? Number(sinceAt ?? nowMs) : nowMs) + settleMs };
  }

  /** Says that the leases are being looked after; where nobody did for a while, they have to settle again. */
  async keepBeat(): Promise<void> {
    const [time] = await this.#run([['time']]);
    await this.#run([['eval', beat, 2, this.#beat, this.#since, timeMs(time), STANDSTILL_MS]]);
  }

  /** Writes leases, each person's at once, and answers what is kept of these people then. */
  async renew(leases: readonly WrittenLease[]): Promise<StoredPerson[]> {
    const byPerson = Map.groupBy(leases, ({ userId }) => userId);
    const people = [...byPerson];
    const answers = await this.#run(
      people.map(([userId, own]) => [
        'eval',
        renew,
        2,
        this.#key(userId),
        this.#due,
        userId,
        REMEMBER_MS,
        Math.min(...own.map(({ untilMs }) => untilMs)),
        seenIn(own),
        ...own.flatMap(({ key, untilMs, isAway }) => [
          `${LEASE}${key}`,
          `${untilMs} ${isAway ? 'away' : 'here'}`,
        ]),
      ]),
    );
    return people.map(([userId], index) => personIn(userId, pairsIn(answers[index] as readonly string[])));
  }

  async read(userIds: readonly UserId[]): Promise<StoredPerson[]> {
    const answers = await this.#run(userIds.map((userId) => ['hgetall', this.#key(userId)]));
    return userIds.map((userId, index) => personIn(userId, answers[index] as Record<string, string>));
  }

  /** Answers for each whether it was still as it was read; what was not is left as it is. */
  async commit(commits: readonly Commit[]): Promise<boolean[]> {
    const answers = await this.#run(
      commits.map(({ person, told, ended, dueAtMs }) => [
        'eval',
        commit,
        2,
        this.#key(person.userId),
        this.#due,
        person.userId,
        person.version,
        person.told ?? '',
        told ?? '',
        dueAtMs ?? '',
        ...ended.map((key) => `${LEASE}${key}`),
      ]),
    );
    return answers.map((answer) => answer === 1);
  }

  /** What somebody has chosen, by the number of that choice: an older one changes nothing. */
  async hide(
    userId: UserId,
    { isHidden, seq }: { readonly isHidden: boolean; readonly seq: number },
  ): Promise<void> {
    await this.#run([['eval', hide, 1, this.#key(userId), seq, isHidden ? 0 : 1, REMEMBER_MS]]);
  }

  /** Who may have become otherwise by now, the longest ago first. */
  async due(nowMs: number, countMax: number): Promise<UserId[]> {
    const [due] = await this.#run([['zrange', this.#due, '-inf', nowMs, 'BYSCORE', 'LIMIT', 0, countMax]]);
    return due as UserId[];
  }

  get #due(): string {
    return `${this.#prefix}:due`;
  }

  get #beat(): string {
    return `${this.#prefix}:beat`;
  }

  get #since(): string {
    return `${this.#prefix}:since`;
  }

  #key(userId: UserId): string {
    return `${this.#prefix}:${userId}`;
  }

  async #run(calls: readonly (readonly (string | number)[])[]): Promise<unknown[]> {
    if (calls.length === 0) return [];
    try {
      const answers = (await this.#redis.pipeline(calls.map((call) => [...call])).exec()) ?? [];
      return answers.map(([error, answer]) => {
        if (error) throw error;
        return answer;
      });
    } catch (error) {
      throw new LeasesAwayError(error);
    }
  }
}

function seenIn(leases: readonly WrittenLease[]): number | string {
  const active = leases.filter(({ isAway }) => !isAway).map(({ heardAtMs }) => heardAtMs);
  return active.length === 0 ? '' : Math.max(...active);
}

function timeMs(time: unknown): number {
  const [seconds, micros] = time as [string | number, string | number];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}

/** A script answers a hash as a list. */
function pairsIn(flat: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
  );
}

function personIn(userId: UserId, fields: Readonly<Record<string, string>>): StoredPerson {
  const leases = Object.entries(fields).flatMap(([name, value]) => {
    if (!name.startsWith(LEASE)) return [];
    const [untilMs, where] = value.split(' ');
    return [{ key: name.slice(LEASE.length), untilMs: Number(untilMs), isAway: where === 'away' }];
  });
  const [, shown] = fields[SHOWN]?.split(' ') ?? [];
  const told = PresenceStatus.safeParse(fields[TOLD]);
  return {
    userId,
    version: fields[VERSION] ?? '0',
    leases,
    seenAtMs: fields[SEEN] === undefined ? undefined : Number(fields[SEEN]),
    told: told.success ? told.data : undefined,
    isHidden: shown === undefined ? undefined : shown === '0',
  };
}
