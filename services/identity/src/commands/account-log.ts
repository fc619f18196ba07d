import {
  type CommandMeta,
  type CommandOf,
  type IdentityEvent,
  newId,
  type PersonView,
  type RejectionOf,
  type PersonalSettingsAt,
  type Tenant,
  type Timestamp,
  type UserId,
} from '@parley/contracts';
import {
  AggregateCache,
  type AggregateDefinition,
  type EventStore,
  type Handled,
  handleCommand,
  type Loaded,
  loadAggregate,
} from '@parley/event-sourcing';

import type { AccountAct } from '../domain/account-acts.ts';
import { type Account, account } from '../domain/account.decider.ts';

const CACHE_SIZE_MAX = 10_000;

/** The logs of people's accounts: where an act is decided, and the only place that says whether a session lives. */
export class AccountLog {
  readonly #definition: AggregateDefinition<Account, AccountAct, IdentityEvent, IdentityEvent>;
  readonly #cache = new AggregateCache<Account>(CACHE_SIZE_MAX);
  readonly #tenant: Tenant;

  constructor(store: EventStore<IdentityEvent>, tenant: Tenant) {
    this.#definition = { decider: account, store, lanes: ['a'] };
    this.#tenant = tenant;
  }

  /** The account as it stands at the tail of its log. */
  async load(userId: UserId): Promise<Loaded<Account>> {
    const loaded = await loadAggregate(this.#definition, userId, this.#cache.get(userId));
    this.#cache.set(userId, loaded);
    return loaded;
  }

  /** Who a person is by their own log; undefined where nobody has that id. */
  async personOf(userId: UserId): Promise<PersonView | undefined> {
    const { state } = await this.load(userId);
    if (state.status !== 'open') return undefined;
    return { userId, username: state.username, displayName: state.displayName };
  }

  /** What a person has chosen, at the tail of their log; undefined where nobody has that id. */
  async settingsOf(userId: UserId): Promise<PersonalSettingsAt | undefined> {
    const { state, seq } = await this.load(userId);
    return state.status === 'open' ? { settings: state.settings, seq } : undefined;
  }

  /** Decides and appends. `actorId` is who the gateway says is asking. */
  async act<A extends AccountAct>(
    contract: A,
    data: CommandOf<A>['data'] & { readonly userId: UserId },
    asked: { readonly actorId: UserId; readonly correlationId: string },
  ): Promise<Handled<Account, IdentityEvent, RejectionOf<A>>> {
    const meta: CommandMeta = {
      // Nobody delivers these again: a retry is a new act, and deciding it again changes nothing.
      commandId: newId('cmd'),
      tenant: this.#tenant,
      actorId: asked.actorId,
      at: new Date().toISOString() as Timestamp,
      correlationId: asked.correlationId,
    };
    const command = { type: contract.type, data, meta } as unknown as CommandOf<AccountAct>;
    return handleCommand<Account, AccountAct, IdentityEvent, IdentityEvent>(this.#definition, this.#cache, {
      aggregateId: data.userId,
      command,
    });
  }
}
