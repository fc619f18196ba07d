import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { story, until } from '@parley/testing';
import { describe, expect } from 'vitest';

const CLI = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

interface SignIn {
  readonly name: string;
  readonly username: string;
  readonly password: string;
}

const NO_SUCH_CONVERSATION = 'There is no such conversation.';

/** `parley chat` as a person has it on the screen, typed at through a pipe. */
class Terminal {
  readonly name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ended: Promise<unknown[]>;
  #screen = '';

  constructor(person: SignIn, url: string) {
    this.name = person.name;
    this.#process = spawn(process.execPath, [CLI, 'chat', '--url', url, '--user', person.username], {
      env: { PARLEY_PASSWORD: person.password, NO_COLOR: '1' },
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

const test = story.extend<{ terminalOf: (person: SignIn, gateway: number) => Terminal }>({
  terminalOf: async ({ world }, use) => {
    const terminals: Terminal[] = [];
    await use((person, gateway) => {
      const terminal = new Terminal(person, world.gatewayUrl(gateway));
      terminals.push(terminal);
      return terminal;
    });
    for (const terminal of terminals) terminal.kill();
  },
});

describe('parley chat', () => {
  test('two people and a second device see the same, and the ticks move', async ({ world, terminalOf }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const desk = terminalOf(an, 0);
    const phone = terminalOf(an, 1);
    const bedroom = terminalOf(binh, 1);
    await Promise.all(
      [desk, phone, bedroom].map((terminal) => terminal.sees('/help says what else there is.')),
    );

    desk.types(`/new @${binh.username}`);
    await desk.sees('── Bình ──');
    desk.types('Phở at noon?');
    await desk.sees('you: Phở at noon? ✓');
    await bedroom.sees('[An] An: Phở at noon?');
    await phone.opens('Bình', 'you: Phở at noon? ✓');

    bedroom.types('/open An');
    await bedroom.sees('An: Phở at noon?');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('✓✓ read by Bình')));
    bedroom.types('Of course.');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('Bình: Of course.')));

    expect(await Promise.all([desk, phone, bedroom].map((terminal) => terminal.leaves()))).toEqual([0, 0, 0]);
  });

  test('what is said can be answered, changed, sent on and kept, by words after a slash', async ({
    world,
    terminalOf,
  }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    await an.startsGroup('Huế', { with: [binh] });
    await binh.device.at(hanoi);
    const desk = terminalOf(an, 0);
    const phone = terminalOf(binh, 1);
    await Promise.all([desk, phone].map((terminal) => terminal.sees('/help says what else there is.')));
    desk.types('/open Hà Nội');
    phone.types('/open Hà Nội');
    await Promise.all([desk, phone].map((terminal) => terminal.sees('── Hà Nội ──')));

    desk.types('Phở at noon?');
    await phone.sees('An: Phở at noon?');
    phone.types('/reply gladly');
    await desk.sees('Bình: ↪ you: "Phở at noon?" gladly');
    phone.types('/react #1 👍');
    await phone.sees('There is no such number; /messages shows them.');
    phone.types('/react 👍');
    await desk.sees('Bình: 👍 on "Phở at noon?"');
    desk.types('/edit Phở at one?');
    await phone.sees('Phở at one?');
    desk.types('/pin');
    await phone.sees('An pinned a message');
    desk.types('/sticker cà phê');
    await phone.sees('An: Sticker');
    desk.types('/location 21.0287 105.8524 Hồ Gươm');
    await phone.sees('An: Hồ Gươm');
    desk.types('/forward Huế');
    await phone.sees('[Huế] An: Hồ Gươm');
    desk.types('/delete');
    await phone.sees('An deleted a message');

    desk.types('/mute soon');
    await desk.sees('For how many hours? /mute 8');
    desk.types('/mute 8');
    await desk.sees('Muted for 8 hours.');
    desk.types('/archive');
    await desk.sees('It is in /list archived now; /unarchive puts it back.');
    desk.types(`/add @${chi.username}`);
    await desk.sees('Added Chi.');
    desk.types('/who');
    await desk.sees('Chi · member');
    phone.types('/remove @nobody');
    await phone.sees('There is nobody called @nobody.');
    phone.types('/leave');
    await phone.sees('you are no longer in Hà Nội');

    expect(await Promise.all([desk, phone].map((terminal) => terminal.leaves()))).toEqual([0, 0]);
  });

  test('what was typed last is sent before it ends', async ({ world, terminalOf }) => {
    const [an, binh] = await world.people('An', 'Bình');
    const hanoi = await an.startsDirect(binh);
    const terminal = terminalOf(an, 0);
    for (const line of ['1', 'one', 'two', 'three']) terminal.types(line);
    expect(await terminal.leaves()).toBe(0);
    await expect(binh).toSee(['one', 'two', 'three'], { in: hanoi });
  });

  test('what becomes of a group is told there, when it is opened and as it happens', async ({
    world,
    terminalOf,
  }) => {
    const [an, binh, chi] = await world.people('An', 'Bình', 'Chi');
    const hanoi = await an.startsGroup('Hà Nội', { with: [binh] });
    const terminal = terminalOf(binh, 1);
    terminal.types('/open Hà Nội');
    await terminal.sees('· An created the group');
    await an.adds([chi], { to: hanoi });
    await terminal.sees('· An added Chi');
    await (await an.device.at(hanoi)).group.update({ name: 'Huế' });
    await terminal.sees('· An named the group Huế');
    expect(await terminal.leaves()).toBe(0);
  });

  test('a wrong password is a sentence', async ({ world, terminalOf }) => {
    const [an] = await world.people('An');
    const terminal = terminalOf({ name: an.name, username: an.username, password: 'wrong horse' }, 0);
    await terminal.sees('User name or password is wrong. (UNAUTHENTICATED)');
    expect(await terminal.leaves()).toBe(1);
  });
});
