import { type Infra, startSystem, type System } from '@parley/local';

/** A system with two gateways, in which everybody may come from one address and is no attack. */
export function startTwoGateways(infra: Infra): Promise<System> {
  return startSystem({
    infra,
    gateways: 2,
    instances: { message: 2 },
    env: {
      TRIES_PER_ADDRESS_MAX: '100000',
      ACCOUNTS_PER_ADDRESS_MAX: '100000',
      SOCKETS_PER_ADDRESS_MAX: '10000',
      SOCKETS_PER_PERSON_MAX: '1000',
      REQUESTS_PER_ADDRESS_MAX: '10000000',
      REQUESTS_PER_PERSON_MAX: '10000000',
    },
  });
}

/** Where both are reached. */
export function bothGateways({ gatewayUrls: [first, second] }: System): readonly [string, string] {
  if (first === undefined || second === undefined) throw new Error('two gateways were asked for');
  return [first, second];
}
