import { commonConfig, commonEnvironment, parseEnvironment } from '@parley/service-kit';
import { z } from 'zod';

export type Config = ReturnType<typeof loadConfig>;

/** The one reader of the environment in this service. One error names every bad variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>) {
  const env = parseEnvironment(
    { ...commonEnvironment, REDIS_URL: z.url({ protocol: /^rediss?$/ }) },
    environment,
  );

  return { ...commonConfig(env), redis: { url: env.REDIS_URL } };
}
