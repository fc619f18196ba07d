import { homedir, hostname } from 'node:os';
import { join } from 'node:path';

import { ApiError, Chat } from '@parley/client';
import { fileOutboxStorage } from '@parley/client/node';
import { Command } from 'commander';

import { ChatRoom } from '../chat/chat-room.ts';
import { openTerminal, type Terminal } from '../chat/terminal.ts';

const URL_DEFAULT = 'http://127.0.0.1:8080';
const DEVICE_NAME_LENGTH_MAX = 60;

interface ChatCommandOptions {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly register?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `parley chat`: the first real client. */
export function chatCommand(environment: Environment): Command {
  return new Command('chat')
    .description('chat in the terminal')
    .option(
      '--url <url>',
      'where Parley is; several addresses with commas between',
      environment['PARLEY_URL'] ?? URL_DEFAULT,
    )
    .option('--user <name>', 'who you are (or PARLEY_USER)')
    .option('--password <password>', 'better in PARLEY_PASSWORD, or typed when asked for')
    .option('--register <display name>', 'open an account under this name first')
    .action(async (options: ChatCommandOptions) => {
      const terminal = openTerminal({
        input: process.stdin,
        output: process.stdout,
        hasColour: environment['NO_COLOR'] === undefined || environment['NO_COLOR'] === '',
        isDumb: environment['TERM'] === 'dumb',
      });
      try {
        process.exitCode = await chatIn(terminal, options, environment);
      } finally {
        terminal.close();
      }
    });
}

async function chatIn(
  terminal: Terminal,
  options: ChatCommandOptions,
  environment: Environment,
): Promise<number> {
  const username = options.user ?? environment['PARLEY_USER'] ?? (await terminal.ask('User name: '));
  const password =
    options.password ?? environment['PARLEY_PASSWORD'] ?? (await terminal.askHidden('Password: '));
  const chat = new Chat({
    url: options.url.split(','),
    outboxStorage: fileOutboxStorage(outboxDirIn(environment)),
  });
  const device = {
    name: `parley chat on ${hostname()}`.slice(0, DEVICE_NAME_LENGTH_MAX),
    platform: 'terminal' as const,
  };
  try {
    if (options.register === undefined) await chat.signIn({ username, password, device });
    else await chat.register({ username, password, displayName: options.register, device });
  } catch (error) {
    chat.close();
    terminal.print(error instanceof ApiError ? sentenceOf(error, options.url) : String(error));
    return 1;
  }
  return new ChatRoom(chat, terminal).run();
}

/** Where what was typed and not sent yet outlives this process. Each message knows its writer, so one folder does for all. */
function outboxDirIn(environment: Environment): string {
  const stateDir = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return join(stateDir, 'parley', 'outbox');
}

function sentenceOf(error: ApiError, url: string): string {
  return error.requestId === undefined
    ? `${error.message} Is Parley running at ${url}?`
    : `${error.message} (${error.code})`;
}
