export interface MigrationTarget {
  readonly natsUrl: string;
  readonly databaseUrl: string;
}

const MIGRATE = new URL('../../../packages/cli/src/migrate.ts', import.meta.url);

/**
 * Streams, consumers and tables as this version declares them: `parley migrate`, as a function.
 * The command line depends on much that the tests of the infrastructure do not need, so it is loaded here only.
 */
export async function migrateSystem(target: MigrationTarget): Promise<void> {
  const command = (await import(MIGRATE.href)) as {
    readonly migrate: (target: MigrationTarget) => Promise<void>;
  };
  await command.migrate(target);
}
