/*
 * What goes into a schema of the contracts and what comes out, read from the interface that schema libraries
 * share, so that a client's build needs no schema library of its own.
 */

type TypesOf<Schema> = Schema extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types>
  : never;

export type InputOf<Schema> = TypesOf<Schema> extends { readonly input: infer Input } ? Input : never;
export type OutputOf<Schema> = TypesOf<Schema> extends { readonly output: infer Output } ? Output : never;
