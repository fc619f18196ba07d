import { execFile } from 'node:child_process';

const COMMAND_TIMEOUT_MS = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
}

export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
}

/** Runs a program to its end and returns what it printed; throws with its complaint when it fails. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { timeoutMs, ...rest } = options;
  const settings = { ...rest, timeout: timeoutMs ?? COMMAND_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX };

  return new Promise((resolve, reject) => {
    execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (error === null) {
        resolve(`${stdout}${stdout === '' ? stderr : ''}`);
        return;
      }
      const complaint = stderr.trim().split('\n').slice(-5).join('\n') || error.message;
      reject(new CommandFailedError(`${command} ${args.join(' ')} failed: ${complaint}`, { cause: error }));
    });
  });
}
