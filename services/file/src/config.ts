import {
  commonConfig,
  commonEnvironment,
  databaseConfig,
  databaseEnvironment,
  parseEnvironment,
} from '@parley/service-kit';

export type Config = ReturnType<typeof loadConfig>;

/** The one reader of the environment in this service. One error names every bad variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = parseEnvironment({ ...commonEnvironment, ...databaseEnvironment }, environment);

  return { ...commonConfig(env), database: databaseConfig(env) };
}
