import { pino } from 'pino';

/** What a service says of itself: one JSON line each, without bodies, tokens or addresses of people. */
export interface Log {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

const SECRET_PATHS = [
  '*.password',
  '*.token',
  '*.refreshToken',
  '*.accessToken',
  '*.authorization',
  '*.content',
  '*.text',
  'password',
  'token',
];

export function createLog(options: {
  readonly service: string;
  readonly instance: string;
  readonly level: string;
}): Log {
  return pino({
    level: options.level,
    base: { service: options.service, instance: options.instance },
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
