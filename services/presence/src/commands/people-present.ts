import {
  type Lease,
  type PersonalSettingsAt,
  type PresenceAt,
  type PresenceStatus,
  timestampOf,
  type UserId,
} from '@parley/contracts';

import { foldLeases, leaseEnd, type LeaseClock, SETTLE_MS, toTell } from '../domain/presence.ts';
import type { LeaseStore, StoredPerson } from '../storage/lease-store.ts';

/** How many people are looked at together when their leases end, and how often in a row. */
const DUE_COUNT_MAX = 500;
const DUE_PAGE_COUNT_MAX = 20;
/** Somebody else's change came between: so often it is looked again before the next renewal is left to do it. */
const COMMIT_TRY_COUNT_MAX = 3;
/** How many people's settings are asked for at a time. */
const ASK_AT_ONCE = 32;

export interface PeoplePresentPorts {
  readonly store: LeaseStore;
  /** Asks identity what somebody has chosen; undefined where it cannot say now, null where there is nobody. */
  readonly askSettings: (userId: UserId) => Promise<PersonalSettingsAt | null | undefined>;
  /** Tells whoever watches this person. */
  readonly tell: (person: PresenceAt) => void;
}

/** Who is there: kept as leases that gateways renew, and told when what they come to has changed. */
export class PeoplePresent {
  readonly #ports: PeoplePresentPorts;

  constructor(ports: PeoplePresentPorts) {
    this.#ports = ports;
  }

  /** @throws {LeasesAwayError} */
  async renew(gateway: string, leases: readonly Lease[]): Promise<void> {
    const { store } = this.#ports;
    const clock = await store.clock(SETTLE_MS);
    const written = leases
      .map((lease) => ({
        userId: lease.userId,
        key: `${lease.deviceId}:${gateway}`,
        untilMs: leaseEnd(lease, clock.nowMs),
        isAway: lease.isAway,
        heardAtMs: clock.nowMs - lease.heardMsAgo,
      }))
      // A gateway that was frozen for long has nothing to say of devices that it has not heard since.
      .filter(({ untilMs }) => untilMs > clock.nowMs);
    await this.#review(await store.renew(written), clock);
  }

  /** What somebody has chosen is kept with their leases, and told. */
  async choose(userId: UserId, { settings, seq }: PersonalSettingsAt): Promise<void> {
    const { store } = this.#ports;
    await store.hide(userId, { isHidden: settings.presence === 'nobody', seq });
    await this.#review(await store.read([userId]), await store.clock(SETTLE_MS));
  }

  /** Looks at everybody whose leases may have ended. */
  async sweep(): Promise<void> {
    const { store } = this.#ports;
    await store.keepBeat();
    for (let page = 0; page < DUE_PAGE_COUNT_MAX; page += 1) {
      const clock = await store.clock(SETTLE_MS);
      const due = await store.due(clock.nowMs, DUE_COUNT_MAX);
      await this.#review(await store.read(due), clock, { isDue: true });
      if (due.length < DUE_COUNT_MAX) return;
    }
  }

  /** Whether these people are there now. `isSettled` is false while that may become clearer by itself. */
  async look(
    userIds: readonly UserId[],
  ): Promise<{ readonly people: PresenceAt[]; readonly isSettled: boolean }> {
    const { store } = this.#ports;
    const clock = await store.clock(SETTLE_MS);
    const { people, isWhole } = await this.#withChoices(await store.read(userIds));
    // An answer may be ahead of the sweep: it is told, so that going back from it is a change that is told as well.
    const isNews = (person: StoredPerson) =>
      person.told !== undefined && toTell(person, foldLeases(person, clock), clock) !== undefined;
    await this.#review(people.filter(isNews), clock);
    return {
      people: people.map((person) => {
        const status = person.isHidden === false ? foldLeases(person, clock).status : 'unknown';
        return viewOf(person, status, clock);
      }),
      isSettled: isWhole && clock.settledAtMs <= clock.nowMs,
    };
  }

  /** Tells what has changed. Of those who were due it is also settled when to look at them again. */
  async #review(
    asked: readonly StoredPerson[],
    clock: LeaseClock,
    { isDue = false }: { readonly isDue?: boolean } = {},
  ): Promise<void> {
    const { store, tell } = this.#ports;
    let open = asked;
    for (let attempt = 0; attempt < COMMIT_TRY_COUNT_MAX && open.length > 0; attempt += 1) {
      const { people } = await this.#withChoices(open);
      const commits = people.flatMap((person) => {
        const folded = foldLeases(person, clock);
        const told = toTell(person, folded, clock);
        return told === undefined && !isDue ? [] : [{ ...folded, person, told }];
      });
      const areHeld = await store.commit(commits);
      const overruled: UserId[] = [];
      for (const [index, { person, told }] of commits.entries()) {
        if (areHeld[index] !== true) overruled.push(person.userId);
        else if (told !== undefined) tell(viewOf(person, told, clock));
      }
      open = await store.read(overruled);
    }
  }

  /** Of whom it is not known whether they hide, identity is asked. `isWhole` is false where it could not say. */
  async #withChoices(
    people: readonly StoredPerson[],
  ): Promise<{ readonly people: readonly StoredPerson[]; readonly isWhole: boolean }> {
    const { store, askSettings } = this.#ports;
    const unknown = people.filter(({ isHidden }) => isHidden === undefined).map(({ userId }) => userId);
    const learnt = new Set<UserId>();
    const learn = async (userId: UserId): Promise<boolean> => {
      const chosen = await askSettings(userId);
      if (!chosen) return chosen === null;
      await store.hide(userId, { isHidden: chosen.settings.presence === 'nobody', seq: chosen.seq });
      learnt.add(userId);
      return true;
    };
    let isWhole = true;
    for (let first = 0; first < unknown.length; first += ASK_AT_ONCE) {
      const answered = await Promise.all(unknown.slice(first, first + ASK_AT_ONCE).map(learn));
      if (answered.every(Boolean)) continue;
      // The others would wait in vain as well.
      isWhole = false;
      break;
    }
    if (learnt.size === 0) return { people, isWhole };
    const anew = new Map((await store.read([...learnt])).map((person) => [person.userId, person]));
    return { people: people.map((person) => anew.get(person.userId) ?? person), isWhole };
  }
}

function viewOf(
  { userId, seenAtMs }: StoredPerson,
  status: PresenceStatus,
  { nowMs }: LeaseClock,
): PresenceAt {
  const isSeen = (status === 'away' || status === 'offline') && seenAtMs !== undefined;
  return { userId, status, lastSeenAt: isSeen ? timestampOf(seenAtMs) : null, atMs: nowMs };
}
