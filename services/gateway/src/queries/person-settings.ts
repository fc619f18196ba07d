import {
  type IdentityEvent,
  type Outcome,
  type RecordedEvent,
  type PersonalSettingsAt,
  personalSettingsByDefault,
  personalSettingsIn,
  type UserId,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';

/** How many people's settings are remembered, the latest learnt of them. */
const PERSON_COUNT_MAX = 20_000;

export interface PersonSettingsPorts {
  /** Asks identity, which knows the tail of the person's log. */
  readonly ask: (userId: UserId, correlationId: string) => Promise<Outcome<PersonalSettingsAt>>;
  readonly accounts: EventStore<IdentityEvent>;
  /** Whether changes of a person's settings are heard here as they happen. */
  readonly isFollowed: (userId: UserId) => boolean;
}

/**
 * What people have chosen, as far as this gateway acts on it. Asked for once and then heard from the user log,
 * for those with a socket here; asked for each time for the others, so that nobody is told what somebody has
 * just chosen to keep to themselves.
 */
export class PersonSettings {
  readonly #ports: PersonSettingsPorts;
  readonly #known = new Map<UserId, PersonalSettingsAt>();

  constructor(ports: PersonSettingsPorts) {
    this.#ports = ports;
  }

  /** Whether somebody keeps their reading to themselves; undefined where that cannot be told now. */
  async isPrivateReader(userId: UserId, correlationId: string): Promise<boolean | undefined> {
    const known = this.#ports.isFollowed(userId) ? this.#known.get(userId) : undefined;
    const found = known ?? (await this.#find(userId, correlationId).catch(() => undefined));
    return found && !found.settings.readReceipts;
  }

  /** Takes in an event of the user log, whichever way it came. */
  hear(event: RecordedEvent<IdentityEvent>): void {
    if (event.type !== 'identity.settings-changed') return;
    this.learn(event.data.userId, { settings: personalSettingsIn(event.data), seq: event.seq ?? 0 });
  }

  /** Answers and events overtake one another; the later state stands. Answers with what stands now. */
  learn(userId: UserId, told: PersonalSettingsAt): PersonalSettingsAt {
    const known = this.#known.get(userId);
    const latest = known !== undefined && known.seq > told.seq ? known : told;
    this.#known.delete(userId);
    this.#known.set(userId, latest);
    const [oldest] = this.#known.keys();
    if (this.#known.size > PERSON_COUNT_MAX && oldest !== undefined) this.#known.delete(oldest);
    return latest;
  }

  async #find(userId: UserId, correlationId: string): Promise<PersonalSettingsAt> {
    const outcome = await this.#ports.ask(userId, correlationId);
    if (outcome.kind === 'ok') return this.learn(userId, outcome.answer);
    // Reading goes on while identity is away: the log itself says it, on a longer way.
    const range = { upTo: Number.MAX_SAFE_INTEGER };
    const account = await this.#ports.accounts.readLane(userId, 'a', range);
    const changed = account.findLast((event) => event.type === 'identity.settings-changed')?.data;
    const settings = changed && personalSettingsIn(changed);
    const seq = account.at(-1)?.seq ?? 1;
    return this.learn(userId, { settings: settings ?? personalSettingsByDefault, seq });
  }
}
