import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Readable } from 'node:stream';
import type { WriteStream } from 'node:tty';

import { type Style, styleFor } from './style.ts';

/** Lines in and lines out. Live lines may come at any time; what is half typed stays below them. */
export interface Terminal {
  readonly isInteractive: boolean;
  readonly style: Style;
  /** Lines as they are typed, until the input ends. */
  readonly lines: AsyncIterable<string>;
  print(line: string): void;
  setPrompt(prompt: string): void;
  /** Calls back with every key, with the line as it stands then; on a pipe there are no keys. */
  onKey(listener: (line: string) => void): void;
  /** Takes the line that was just typed off the screen again: what became of it is printed in its place. */
  takeBack(line: string): void;
  ask(question: string): Promise<string>;
  askHidden(question: string): Promise<string>;
  close(): void;
}

export interface TerminalOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: WriteStream;
  readonly hasColour: boolean;
  readonly isDumb: boolean;
}

/** A terminal with line editing where there is one, and plain lines on a dumb one or a pipe. */
export function openTerminal({ input, output, hasColour, isDumb }: TerminalOptions): Terminal {
  const isInteractive = input.isTTY === true && output.isTTY && !isDumb;
  const style = styleFor(hasColour && output.isTTY && !isDumb);
  // Lines are queued from the start: a pipe may have said everything before anybody listens.
  const queue = new LineQueue();
  let isHidden = false;
  const readline = createInterface({ input, output, terminal: isInteractive, prompt: '' });
  readline.on('line', (line) => queue.add(line));
  readline.on('close', () => queue.end());
  readline.on('SIGINT', () => readline.close());
  // Whoever read the output has gone: nothing more can be shown, so this ends as if the input had.
  output.on('error', () => readline.close());
  if (isInteractive) hideEchoWhile(readline, () => isHidden);

  const write = (text: string) => void output.write(text);
  const ask = async (question: string) => {
    write(question);
    const { value } = await queue.next();
    return value ?? '';
  };

  return {
    isInteractive,
    style,
    lines: queue,
    print: (line) => {
      if (!isInteractive) {
        write(`${line}\n`);
        return;
      }
      const { rows } = readline.getCursorPos();
      moveCursor(output, 0, -rows);
      cursorTo(output, 0);
      clearScreenDown(output);
      write(`${line}\n`);
      readline.prompt(true);
    },
    setPrompt: (prompt) => {
      readline.setPrompt(prompt);
      if (isInteractive) readline.prompt(true);
    },
    onKey: (listener) => {
      if (isInteractive) input.on('keypress', () => listener(readline.line));
    },
    takeBack: (line) => {
      if (!isInteractive) return;
      const width = [...new Intl.Segmenter().segment(readline.getPrompt() + line)].length;
      moveCursor(output, 0, -Math.max(1, Math.ceil(width / output.columns)));
      cursorTo(output, 0);
      clearScreenDown(output);
      readline.prompt();
    },
    ask,
    askHidden: async (question) => {
      isHidden = true;
      const answer = await ask(question);
      isHidden = false;
      if (isInteractive) write('\n');
      return answer;
    },
    close: () => readline.close(),
  };
}

/** Readline has no hidden input: its writer is told to stay silent while a password is typed. */
function hideEchoWhile(readline: Interface, isHidden: () => boolean): void {
  const writer = readline as unknown as { _writeToOutput: (text: string) => void };
  const echo = writer._writeToOutput.bind(readline);
  writer._writeToOutput = (text) => {
    if (!isHidden()) echo(text);
  };
}

class LineQueue implements AsyncIterableIterator<string> {
  readonly #lines: string[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  add(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return { done: false, value: line };
      if (this.#isEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
