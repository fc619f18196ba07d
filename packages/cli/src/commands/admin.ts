import { Command } from 'commander';

import { adminConnection } from '../admin-connection.ts';
import { migrate, type MigrationTarget } from '../migrate.ts';
import { withData } from './data-option.ts';
import { deadLetterCommand } from './dead-letters.ts';
import { projectorCommand } from './projector.ts';

/** What every command of an operator is given: how to reach the system, once it is needed. */
export type Reach = (dataDir: string) => Promise<MigrationTarget>;

/** The commands of whoever runs Parley, as against those of its people. */
export function adminCommands(environment: Readonly<Record<string, string | undefined>>): readonly Command[] {
  const reach: Reach = (dataDir) => adminConnection(environment, dataDir);
  return [migrateCommand(reach), projectorCommand(reach), deadLetterCommand(reach)];
}

function migrateCommand(reach: Reach): Command {
  return withData(new Command('migrate'))
    .description('bring streams, consumers and tables to what this version declares')
    .action(async ({ data }: { readonly data: string }) => {
      const applied = await migrate(await reach(data));
      process.stdout.write(applied.length === 0 ? 'Everything was in place.\n' : `${applied.join('\n')}\n`);
    });
}
