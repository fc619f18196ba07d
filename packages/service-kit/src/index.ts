export * from './log.ts';
export * from './environment.ts';
export * from './service-module.ts';
export * from './health-server.ts';
export * from './run-service.ts';
export * from './derive-id.ts';
export * from './system-message.ts';
