import { type InfraAddresses, infraForTests } from '@parley/local';
import { applyTopology, connectNats } from '@parley/jetstream';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    infra: InfraAddresses;
  }
}

/** One NATS, Postgres and Redis for all integration tests of a run; each test keeps to a schema and ids of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const infra = await infraForTests(process.env);
  const { addresses } = infra;
  const nc = await connectNats({ url: addresses.natsUrls['admin'] ?? '', name: 'test set-up' });
  await applyTopology(nc);
  await nc.close();
  project.provide('infra', addresses);
  return () => infra.stop();
}
