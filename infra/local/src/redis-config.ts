export interface RedisSettings {
  /** Loopback, but for a container whose port is published. */
  readonly host?: string;
  readonly port: number;
  readonly directory: string;
  readonly password: string;
}

/** What may vanish, and is bounded: nothing is written to disk, and a full memory forgets the oldest. */
export function redisConfiguration(settings: RedisSettings): string {
  return `bind ${settings.host ?? '127.0.0.1'}
port ${settings.port}
dir ${JSON.stringify(settings.directory)}
requirepass ${settings.password}
save ""
appendonly no
maxmemory 128mb
maxmemory-policy allkeys-lru
daemonize no
`;
}
