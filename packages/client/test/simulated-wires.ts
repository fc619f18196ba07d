import type { OpenWire, Wire, WireOptions } from '../src/wire.ts';

/** What was said over a wire and has no answer yet. */
export interface Question {
  readonly name: string;
  readonly payload: unknown;
  readonly answer: (ack: unknown) => void;
  /** No answer will come. */
  readonly lose: () => void;
}

/** The far end of one wire. */
export class FarEnd {
  readonly options: WireOptions;
  readonly questions = new Set<Question>();
  isOpen = true;

  constructor(options: WireOptions) {
    this.options = options;
  }

  says(name: string, payload: unknown): void {
    this.options.onEvent(name, payload);
  }

  ask(name: string, payload: unknown, waitMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.questions.delete(question);
      };
      const question: Question = {
        name,
        payload,
        answer: (ack) => {
          end();
          resolve(ack);
        },
        lose: () => {
          end();
          reject(new Error('no answer'));
        },
      };
      const timer = setTimeout(() => question.lose(), waitMs);
      this.questions.add(question);
    });
  }

  close(): void {
    this.isOpen = false;
    for (const question of this.questions) question.lose();
  }
}

/** A network of which the test is the other side. */
export class SimulatedWires {
  readonly all: FarEnd[] = [];
  readonly #onAsked: (far: FarEnd, question: Question) => void;

  constructor(onAsked: (far: FarEnd, question: Question) => void = () => undefined) {
    this.#onAsked = onAsked;
  }

  readonly open: OpenWire = (options): Wire => {
    const far = new FarEnd(options);
    this.all.push(far);
    return {
      ask: (name, payload, waitMs) => {
        const answer = far.ask(name, payload, waitMs);
        const question = [...far.questions].at(-1);
        if (question !== undefined) this.#onAsked(far, question);
        return answer;
      },
      close: () => far.close(),
    };
  };

  /** The one that is open, if any. */
  get current(): FarEnd | undefined {
    return this.all.findLast(({ isOpen }) => isOpen);
  }
}
