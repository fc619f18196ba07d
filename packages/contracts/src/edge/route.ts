import type { z } from 'zod';

/** One REST route: all that the gateway, the API pages and the tests need to know of it. */
export interface RouteContract {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` for what `params` declares. Served plain and under `/v1`. */
  readonly path: `/${string}`;
  /** `none`: anybody may ask. `session`: a valid access token names the person. */
  readonly auth: 'none' | 'session';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 204;
  readonly answer?: z.ZodType;
  readonly summary: string;
}

export type ParamsOf<R extends RouteContract> = R['params'] extends z.ZodType
  ? z.output<R['params']>
  : undefined;
export type SearchOf<R extends RouteContract> = R['query'] extends z.ZodType
  ? z.output<R['query']>
  : undefined;
export type BodyOf<R extends RouteContract> = R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
export type RouteAnswerOf<R extends RouteContract> = R['answer'] extends z.ZodType
  ? z.output<R['answer']>
  : undefined;

export function defineRoute<const R extends RouteContract>(contract: R): R {
  return contract;
}
