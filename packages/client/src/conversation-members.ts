import type { Role } from '@parley/contracts';

import type { NumberedEvent } from './conversation-view.ts';

type Joined = Extract<NumberedEvent, { readonly kind: 'joined' }>['joined'];
type Member = Joined['members'][number];

/** Who is in a conversation, and how many: the count is told with the list, the people have to be asked for. */
export class ConversationMembers {
  #roles: ReadonlyMap<string, Role> | undefined;
  #count: number;

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

  takeAll(members: ReadonlyMap<string, Role>): void {
    this.#roles = members;
    this.#count = members.size;
  }

  /** `isCounted`: what the list said counts them already. */
  joined(members: readonly Member[], isCounted: boolean): void {
    if (!isCounted) this.#count += members.length;
    this.takeRoles(members);
  }

  left(userId: string, isCounted: boolean): void {
    if (!isCounted) this.#count -= 1;
    if (this.#roles === undefined) return;
    this.#roles = new Map([...this.#roles].filter(([memberId]) => memberId !== userId));
  }

  takeRoles(members: readonly Member[]): void {
    if (this.#roles === undefined) return;
    this.#roles = new Map([...this.#roles, ...members.map(({ userId, role }) => [userId, role] as const)]);
  }
}
