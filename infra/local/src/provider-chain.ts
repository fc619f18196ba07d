import type { RunAs } from './recorded-process.ts';

export type PartName = 'nats' | 'postgres' | 'redis';

/** What a provider may use: the environment as it was given, and where to talk. */
export interface SearchContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly offline: boolean;
  readonly say: (line: string) => void;
}

/** Programs on this machine that we may start ourselves. */
export interface Programs {
  readonly kind: 'programs';
  readonly source: string;
  readonly version: string;
  /** Path of each program by its plain name. */
  readonly paths: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly runAs?: RunAs;
}

/** A server that somebody else runs, named by its URL. */
export interface Running {
  readonly kind: 'running';
  readonly source: string;
  readonly version: string;
  readonly url: string;
  /** By user, where the environment names one for each, e.g. NATS_URL_MESSAGE. */
  readonly urls?: Readonly<Record<string, string>>;
}

/** A server that a container engine can run for us. */
export interface Image {
  readonly kind: 'image';
  readonly source: string;
  readonly version: string;
  readonly image: string;
}

export type Found = Programs | Running | Image;
export interface Miss {
  readonly kind: 'miss';
  readonly why: string;
}

/** One way to get a dependency. `find` says why not, in words for a person, rather than throw. */
export interface Provider<What extends Found = Found> {
  readonly name: string;
  find(context: SearchContext): Promise<What | Miss>;
}

export class PartUnavailableError extends Error {
  override readonly name = 'PartUnavailableError';
}

export function miss(why: string): Miss {
  return { kind: 'miss', why };
}

/** What to look for, where, and how a person gets it when it is nowhere. */
export interface Wanted<What extends Found = Found> {
  readonly name: string;
  readonly providers: readonly Provider<What>[];
  readonly mend: readonly string[];
}

/** Asks the providers in order; the first that has the part wins. */
export async function firstThatWorks<What extends Found>(
  part: Wanted<What>,
  context: SearchContext,
): Promise<What> {
  const reasons: string[] = [];
  for (const provider of part.providers) {
    const found = await provider.find(context).catch(missOrRefusal);
    if (found.kind !== 'miss') return found;
    reasons.push(`  ${provider.name}: ${found.why}`);
  }

  const mend = part.mend.map((command) => `  ${command}`);
  throw new PartUnavailableError(
    [`${part.name} is missing. What was tried:`, ...reasons, 'Any one of these mends it:', ...mend].join(
      '\n',
    ),
  );
}

/** A server named by hand that does not serve ends the search; anything else is one more reason. */
export class ServerRefusedError extends Error {
  override readonly name = 'ServerRefusedError';
}

function missOrRefusal(error: unknown): Miss {
  if (error instanceof ServerRefusedError) throw error;

  return miss(error instanceof Error ? error.message : String(error));
}
