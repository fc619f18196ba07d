import {
  errorCodes,
  type ErrorCode,
  type RouteContract,
  type RouteName,
  routes,
  type Routes,
} from '@parley/contracts';

import { Addresses, type Where } from './addresses.ts';
import { ApiError, isRecord, notSent, outcomeUnknown, readEdgeError } from './api-error.ts';
import type { InputOf, OutputOf } from './schema-types.ts';
import type { TokenSource } from './token-source.ts';
import { WrittenPositions } from './written-positions.ts';

/** How long a call may take, the server's own deadline included. */
export const CALL_WAIT_MS = 10_000;

type Part<R, Key extends 'params' | 'query' | 'body'> = R extends { readonly [K in Key]: infer Schema }
  ? MayBeLeftOut<InputOf<Schema>> extends true
    ? { readonly [K in Key]?: InputOf<Schema> }
    : { readonly [K in Key]: InputOf<Schema> }
  : unknown;

/** Whether all fields are optional. */
type MayBeLeftOut<T> = Partial<T> extends T ? true : false;

/** What a call of this route needs. */
export type CallOf<Name extends RouteName> = Part<Routes[Name], 'params'> &
  Part<Routes[Name], 'query'> &
  Part<Routes[Name], 'body'> &
  CallOptions;

export type AnswerOfRoute<Name extends RouteName> = Routes[Name] extends { readonly answer: infer Schema }
  ? OutputOf<Schema>
  : undefined;

export interface CallOptions {
  /** Keep it over every retry of the same act, and the act happens once. */
  readonly idempotencyKey?: string;
  /** The answer includes the writes that had these positions, beside all of this `Api`. */
  readonly minPosition?: string;
  readonly waitMs?: number;
}

export interface ApiOptions {
  /** Where the server is, as `https://chat.example.com`; of several addresses, the next one where one does not answer. */
  readonly url: Where;
  /** Without it, only routes that anybody may ask can be called. */
  readonly tokens?: TokenSource;
}

/**
 * The REST side, one method for every route of the contract. A read includes everything that was written through
 * the same `Api` and the connection beside it, or is refused with `READ_MODEL_BEHIND`.
 */
export class Api {
  readonly #addresses: Addresses;
  readonly #tokens: TokenSource | undefined;
  #written = new WrittenPositions();
  #isHasty = false;

  constructor({ url, tokens }: ApiOptions) {
    this.#addresses = Addresses.of(url);
    this.#tokens = tokens;
  }

  /** The same server, spoken to as somebody, who knows of the sign-in that has just been. */
  as(tokens: TokenSource): Api {
    const api = new Api({ url: this.#addresses, tokens });
    // Copied: what one person writes later is nothing that another should wait for.
    api.#written = this.#written.copy();
    api.#isHasty = this.#isHasty;
    return api;
  }

  /** The same, for reads that take what is there: somebody else sees to it that what is missing comes. */
  hasty(): Api {
    const api = new Api({
      url: this.#addresses,
      ...(this.#tokens === undefined ? {} : { tokens: this.#tokens }),
    });
    api.#written = this.#written;
    api.#isHasty = true;
    return api;
  }

  /** From here on a read includes what was written elsewhere, as by the socket, and stands at this position. */
  include(position: unknown): void {
    this.#written.take(position);
  }

  async call<Name extends RouteName>(
    name: Name,
    ...[call]: MayBeLeftOut<CallOf<Name>> extends true ? [CallOf<Name>?] : [CallOf<Name>]
  ): Promise<AnswerOfRoute<Name>> {
    const route: RouteContract = routes[name];
    const { body, position } = await this.#send(route, this.#withPositions(route, call ?? {}));
    if (!isRead(route)) this.#written.take(position);
    return body as AnswerOfRoute<Name>;
  }

  /** A read includes what this `Api` has written, and what its caller has heard of besides. */
  #withPositions(route: RouteContract, call: LooseCall): LooseCall {
    if (this.#isHasty || !isRead(route)) return call;
    const seen = this.#written.copy();
    for (const position of call.minPosition?.split(',') ?? []) seen.take(position);
    const { all } = seen;
    return all === undefined ? call : { ...call, minPosition: all };
  }

  async #send(route: RouteContract, call: LooseCall): Promise<Answer> {
    if (route.auth === 'none') return this.#ask(route, { ...call, token: undefined });
    if (this.#tokens === undefined) throw notSent('Not signed in.');

    const token = await this.#tokens.accessToken();
    try {
      return await this.#ask(route, { ...call, token });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 'SESSION_REVOKED') this.#tokens.ended?.();
      if (error.code !== 'TOKEN_EXPIRED' && error.code !== 'UNAUTHENTICATED') throw error;
      return this.#ask(route, { ...call, token: await this.#tokens.renew(token) });
    }
  }

  /** Asks the next address where one does not answer: at once what can be asked twice, otherwise from the next call on. */
  async #ask(route: RouteContract, call: TokenCall): Promise<Answer> {
    const isSafe = isRead(route) || call.idempotencyKey !== undefined || route === routes.signIn;
    for (let tries = 1; ; tries += 1) {
      const url = this.#addresses.current;
      try {
        return await send(url, route, call);
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        this.#addresses.leave(url);
        if (!isSafe || tries >= this.#addresses.count) throw error.meaning;
      }
    }
  }
}

/** Nobody answered there. */
class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly meaning: ApiError;

  constructor(meaning: ApiError) {
    super(meaning.message, { cause: meaning.cause });
    this.meaning = meaning;
  }
}

type Search = Readonly<Record<string, string | number | boolean | undefined>>;

interface LooseCall extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Search;
  readonly body?: unknown;
}

type TokenCall = LooseCall & { readonly token: string | undefined };

interface Answer {
  readonly body: unknown;
  /** Where the log stands after a write. */
  readonly position: unknown;
}

async function send(url: string, route: RouteContract, call: TokenCall): Promise<Answer> {
  const { response, text } = await exchange(
    `${url}${fillPath(route.path, call.params)}${searchOf(call.query)}`,
    {
      method: route.method,
      headers: headersOf(call),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      waitMs: call.waitMs ?? CALL_WAIT_MS,
    },
  ).catch((error: unknown) => {
    throw new UnreachableError(
      isRead(route)
        ? notSent('The server could not be reached.', error)
        : outcomeUnknown('No answer from the server.', error),
    );
  });
  if (!response.ok) throw refusalOf(route, response.status, text);
  const body = text === '' ? undefined : parsed(text);
  const inBody = isRecord(body) ? body['position'] : undefined;
  return { body, position: response.headers.get('x-position') ?? inBody };
}

async function exchange(
  url: string,
  { waitMs, ...request }: RequestInit & { readonly waitMs: number },
): Promise<{ readonly response: Response; readonly text: string }> {
  // Not `AbortSignal.timeout`: React Native has none.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), waitMs);
  try {
    const response = await fetch(url, { ...request, signal: late.signal });
    return { response, text: await response.text() };
  } finally {
    clearTimeout(timer);
  }
}

function headersOf(call: TokenCall): Record<string, string> {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...(call.minPosition === undefined ? {} : { 'x-min-position': call.minPosition }),
  };
}

function fillPath(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function searchOf(query: Search = {}): string {
  // Not `URLSearchParams`: that of React Native cannot do this.
  const search = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${encodeURIComponent(String(value))}`,
  );
  return search.length === 0 ? '' : `?${search.join('&')}`;
}

/** What the server refused; from its words, or by the status alone when something on the way answered instead. */
function refusalOf(route: RouteContract, status: number, text: string): ApiError {
  const said = readEdgeError(parsed(text));
  if (said !== undefined) return said;

  const known = Object.entries(errorCodes).find(([, { status: own }]) => own === status)?.[0];
  if (status < 500) {
    return new ApiError({
      code: (known ?? 'VALIDATION_FAILED') as ErrorCode,
      message: `The server answered ${status}.`,
      definite: true,
    });
  }
  const message = `Something between here and the server answered ${status}.`;
  return isRead(route) ? notSent(message) : outcomeUnknown(message);
}

function isRead(route: RouteContract): boolean {
  return route.method === 'GET';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
