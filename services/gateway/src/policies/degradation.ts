import type { ClientSession } from '../transport/client-session.ts';
import type { Sessions } from '../transport/sessions.ts';

/** What does not work while a part is away, in the words that clients are told. */
const features = {
  nats: ['messages'],
  postgres: ['history', 'search', 'lists', 'sign-in'],
  redis: ['presence', 'typing'],
} as const satisfies Record<string, readonly string[]>;

export type Part = keyof typeof features;

/** What is away now, and who is told: everybody once when it goes and when it is back, a newcomer on coming. */
export class Degradation {
  readonly #sessions: Pick<Sessions, 'all'>;
  readonly #away = new Set<Part>();

  constructor(sessions: Pick<Sessions, 'all'>) {
    this.#sessions = sessions;
  }

  isAway(part: Part): boolean {
    return this.#away.has(part);
  }

  set(part: Part, isAway: boolean): void {
    if (this.#away.has(part) === isAway) return;
    if (isAway) this.#away.add(part);
    else this.#away.delete(part);
    for (const session of this.#sessions.all()) {
      // What is away besides is named again: a list says what does not work now, and `restored` that all does.
      if (this.#away.size > 0) this.tell(session);
      else session.emit('restored', {});
    }
  }

  tell(session: ClientSession): void {
    if (this.#away.size === 0) return;
    session.emit('degraded', { features: [...this.#away].flatMap((part) => [...features[part]]) });
  }
}
