export { addressesOf, infraForTests } from './infra-addresses.ts';
export type { InfraAddresses } from './infra-addresses.ts';
export { startInfra } from './infra.ts';
export type { Infra, InfraOptions } from './infra.ts';
export { findNatsServer, findOutdatedNatsServer } from './nats-programs.ts';
export { natsConfiguration } from './nats-config.ts';
export { startSystem } from './system.ts';
export type { System, SystemOptions } from './system.ts';
export type { SupervisedService } from './supervisor.ts';
