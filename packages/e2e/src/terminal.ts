import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { story, until } from '@parley/testing';

const CLI = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

interface SignIn {
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

const NO_SUCH_CONVERSATION = 'There is no such conversation.';

/** `parley chat` as a person has it on the screen, typed at through a pipe. */
export class Terminal {
  readonly name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown[]>;
  #screen = '';

  constructor(person: SignIn, { url, stateDir }: { readonly url: string; readonly stateDir: string }) {
    this.name = person.name;
    this.#process = spawn(process.execPath, [CLI, 'chat', '--url', url, '--user', person.username], {
      env: { PARLEY_PASSWORD: person.password, NO_COLOR: '1', XDG_STATE_HOME: stateDir },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#ended = once(this.#process, 'exit');
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#screen += text;
    });
  }

  get lines(): readonly string[] {
    return this.#screen.split('\n');
  }

  types(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** Until a line ends like this. */
  async sees(end: string): Promise<void> {
    await until({
      look: () => (this.lines.some((line) => line.endsWith(end)) ? true : undefined),
      instead: () => `${this.name} does not see "${end}" but\n${this.#screen}`,
    });
  }

  /** Opens a conversation that may still be on its way to this screen, until a line ends like this. */
  async opens(name: string, end: string): Promise<void> {
    let triedCount = 0;
    await until({
      look: () => {
        if (this.lines.some((line) => line.endsWith(end))) return true;
        const refusedCount = this.lines.filter((line) => line.endsWith(NO_SUCH_CONVERSATION)).length;
        if (refusedCount === triedCount) {
          triedCount += 1;
          this.types(`/open ${name}`);
        }
        return undefined;
      },
      instead: () => `${this.name} does not see "${end}" but\n${this.#screen}`,
    });
  }

  async leaves(): Promise<unknown> {
    this.#process.stdin.end('/quit\n');
    const [code] = await this.#ended;
    return code;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

/** A story with terminals: `gateway` is one of them by its number, or an address. What is kept, is kept for the story. */
export const terminalStory = story.extend<{
  terminalOf: (person: SignIn, gateway: number | string) => Terminal;
}>({
  terminalOf: async ({ world }, use) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'parley-terminal-'));
    const terminals: Terminal[] = [];
    await use((person, gateway) => {
      const url = typeof gateway === 'number' ? world.gatewayUrl(gateway) : gateway;
      const terminal = new Terminal(person, { url, stateDir });
      terminals.push(terminal);
      return terminal;
    });
    for (const terminal of terminals) terminal.kill();
    await rm(stateDir, { recursive: true });
  },
});
