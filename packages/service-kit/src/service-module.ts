import type { Log } from './log.ts';

/** What one part of a service says of its health. */
export interface Health {
  readonly healthy: boolean;
  readonly components: Readonly<
    Record<string, { readonly healthy: boolean; readonly detail?: string | undefined }>
  >;
}

/** A started service. */
export interface Started {
  /** The port it answers on, where it serves one itself; else the kit serves health only. */
  readonly port?: number;
  health(): Promise<Health> | Health;
  /** Takes nothing more in, finishes what it has, closes what it opened. */
  stop(): Promise<void>;
}

/** What the kit hands to a service when it starts. */
export interface StartContext<Config> {
  readonly config: Config;
  readonly log: Log;
  /** Unique among all running processes: what names reply subjects and database sessions. */
  readonly instance: string;
  /** Ends the process: a loop that must never end has ended. */
  readonly fail: (error: unknown) => void;
}

/** A service as the kit runs it, alone in a process or beside others. */
export interface ServiceModule<Config extends CommonConfig = CommonConfig> {
  readonly name: string;
  readonly config: (environment: Readonly<Record<string, string | undefined>>) => Config;
  readonly start: (context: StartContext<Config>) => Promise<Started>;
}

export interface CommonConfig {
  readonly instance: string | undefined;
  readonly health: { readonly host: string; readonly port: number };
  readonly log: { readonly level: string };
}
