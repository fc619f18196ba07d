import { join } from 'node:path';

import { addressesOf, buildWebApp, type InfraAddresses, startInfra, startSystem } from '@parley/local';

import { serveLevers } from './levers-server.ts';
import { overhear } from './overhear.ts';
import { wellAgain } from './well-again.ts';

/** Where everything of a running system is, as plain data for the tests' own processes. */
export interface RunningSystem {
  readonly infra: InfraAddresses;
  /** Lines to the gateways, on which everything is heard that they say to anybody. */
  readonly gatewayUrls: readonly string[];
  /** Where its parts can be stopped, killed and started. */
  readonly leversUrl: string;
  readonly logDir: string;
  /** The private key of access tokens, so that tests can forge with it. */
  readonly signingKeyFile: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    system: RunningSystem;
    /** How often a race is run. */
    raceCount: number;
  }
}

/** Everything, from nothing: servers, two gateways, two message services and one of each other. */
export async function startRunningSystem(): Promise<{
  readonly running: RunningSystem;
  stop(): Promise<void>;
}> {
  const [infra] = await Promise.all([startInfra(), buildWebApp()]);
  try {
    const system = await startSystem({
      infra,
      gateways: 2,
      instances: { message: 2 },
      // All tests come from one address and are no attack.
      env: {
        ACCOUNTS_PER_ADDRESS_MAX: '100000',
        TRIES_PER_ADDRESS_MAX: '100000',
        SOCKETS_PER_ADDRESS_MAX: '10000',
        REQUESTS_PER_ADDRESS_MAX: '1000000',
        // Who tries everything that is in no list is one person.
        REQUESTS_PER_PERSON_MAX: '1000000',
      },
    });
    await wellAgain(system);
    const lines = await Promise.all(
      system.gatewayUrls.map((url, index) => overhear(url, `gateway-${index + 1}`)),
    );
    const levers = await serveLevers({ infra, system, lines });

    return {
      running: {
        infra: addressesOf(infra),
        gatewayUrls: lines.map(({ url }) => url),
        leversUrl: levers.url,
        logDir: join(infra.dataDir, 'logs'),
        signingKeyFile: join(infra.dataDir, 'keys', 'signing-key.json'),
      },
      async stop() {
        await levers.close();
        await Promise.all(lines.map((line) => line.close()));
        await system.stop();
        await infra.stop();
      },
    };
  } catch (error) {
    await infra.stop();
    throw error;
  }
}
