import type { Command } from 'commander';

const DATA_DIR_DEFAULT = '.parley';

/** The option that says which system is meant. */
export function withData(command: Command): Command {
  return command.option('--data <folder>', 'the data folder of npm start', DATA_DIR_DEFAULT);
}
