import type { Role } from '@parley/contracts';

import type { NumberedEvent } from './numbered-event.ts';

type Joined = Extract<NumberedEvent, { readonly kind: 'joined' }>['joined'];
type Member = Joined['members'][number];
type Change = (roles: Map<string, Role>) => void;

/** How many changes are kept for lists that were read before the server's tables had them. */
const RECENT_CHANGE_COUNT_MAX = 200;

/** Who is in a conversation, and how many: the count is told with the list, the people have to be asked for. */
export class ConversationMembers {
  #roles: ReadonlyMap<string, Role> | undefined;
  #count: number;
  #recent: Change[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** Once that has been asked for. */
  get roles(): ReadonlyMap<string, Role> | undefined {
    return this.#roles;
  }

  get count(): number {
    return this.#count;
  }

  takeCount(count: number): void {
    this.#count = count;
  }

  /** The list may be older than what was heard, which is done to it again: a later change is still to be heard. */
  takeAll(members: ReadonlyMap<string, Role>): void {
    const roles = new Map(members);
    for (const change of this.#recent) change(roles);
    this.#roles = roles;
    this.#count = roles.size;
  }

  /** Some changes were not heard, so what was heard before them is not the last word any more. */
  hasMissed(): void {
    this.#recent = [];
  }

  /** `isCounted`: what the list said counts them already. */
  joined(members: readonly Member[], isCounted: boolean): void {
    if (!isCounted) this.#count += members.length;
    this.takeRoles(members);
  }

  left(userId: string, isCounted: boolean): void {
    if (!isCounted) this.#count -= 1;
    this.#change((roles) => roles.delete(userId));
  }

  takeRoles(members: readonly Member[]): void {
    this.#change((roles) => {
      for (const { userId, role } of members) roles.set(userId, role);
    });
  }

  #change(change: Change): void {
    this.#recent.push(change);
    if (this.#recent.length > RECENT_CHANGE_COUNT_MAX) this.#recent.shift();
    if (this.#roles === undefined) return;
    const roles = new Map(this.#roles);
    change(roles);
    this.#roles = roles;
  }
}
