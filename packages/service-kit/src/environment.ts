import { Tenant } from '@parley/contracts';
import { z } from 'zod';

/** A start that was refused for a reason that an operator can mend: one plain sentence, exit code 78. */
export class StartRefusedError extends Error {
  override readonly name = 'StartRefusedError';
}

/** What every service reads; each adds its own in its `config.ts`. */
export const commonEnvironment = {
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.string().default('127.0.0.1'),
  TENANT: Tenant.default('main' as Tenant),
  INSTANCE: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,48}$/)
    .optional(),
  INSTANCE_ORDINAL: z.coerce.number().int().min(0).default(0),
  INSTANCE_COUNT: z.coerce.number().int().min(1).default(1),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DURABILITY: z.enum(['strict', 'relaxed']).default('strict'),
};

/** What a service with tables reads beside. */
export const databaseEnvironment = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10),
};

type Environment<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** The part of every service's configuration that is the same. */
export function commonConfig(env: Environment<typeof commonEnvironment>) {
  return {
    instance: env.INSTANCE,
    tenant: env.TENANT,
    /** This instance's place among its equals: which partitions it is first in line for. */
    place: { ordinal: env.INSTANCE_ORDINAL, count: env.INSTANCE_COUNT },
    nats: { url: env.NATS_URL },
    health: { host: env.HOST, port: env.PORT },
    log: { level: env.LOG_LEVEL },
    durability: env.DURABILITY,
  };
}

export function databaseConfig(env: Environment<typeof databaseEnvironment>) {
  return { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE };
}

/** Parses an environment; the error names every bad variable in one sentence. */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>>,
): Environment<Shape> {
  const parsed = z.object(shape).safeParse(environment);
  if (parsed.success) return parsed.data;
  const bad = parsed.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`).join(', ');
  throw new StartRefusedError(`The environment is not as needed: ${bad}.`);
}
