import { Command } from 'commander';

import { adminCommands } from './commands/admin.ts';
import { chatCommand } from './commands/chat.ts';

/** Every word that `parley` knows. A new command is a file in `commands/` and an entry here. */
const commands: readonly Command[] = [chatCommand(process.env), ...adminCommands(process.env)];

const program = new Command('parley').description('Parley from the command line.').showHelpAfterError();
for (const command of commands) program.addCommand(command);

// Whoever read the output, as `| head` does, has gone. What was asked for is done all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
