import { runServices } from '@parley/service-kit';
import type { ServiceModule } from '@parley/service-kit';

import { SHARED_PROCESS_VARIABLE } from './shared-process.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Several services in one process: the same modules, wired by the same `runServices`, each with its own environment. */
const environments = JSON.parse(process.env[SHARED_PROCESS_VARIABLE] ?? '{}') as Record<string, Environment>;
const modules = await Promise.all(
  process.argv
    .slice(2)
    .map(async (instance) => withEnvironment(await moduleOf(instance), environments[instance] ?? {})),
);
// Nobody below may read the secrets of its neighbours from the process's environment.
delete process.env[SHARED_PROCESS_VARIABLE];
await runServices(modules, {});

async function moduleOf(instance: string): Promise<ServiceModule> {
  const service = instance.replace(/-\d+$/, '');
  const path = new URL(`../../../services/${service}/src/${service}.module.ts`, import.meta.url);
  const loaded = (await import(path.href)) as Readonly<Record<string, ServiceModule>>;
  const found = loaded[`${service}Module`];
  if (found === undefined) throw new Error(`${path.pathname} exports no ${service}Module`);

  return found;
}

function withEnvironment(module: ServiceModule, environment: Environment): ServiceModule {
  return { ...module, config: () => module.config(environment) };
}
