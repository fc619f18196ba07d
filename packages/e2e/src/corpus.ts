import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that somebody may try, and what must come of it. */
export interface Case<Input = unknown> {
  readonly id: string;
  readonly where: string;
  readonly input: Input;
  readonly expect: string;
}

const CORPUS = join(import.meta.dirname, '..', 'corpus');

/** Reads a table of the corpus, with its long inputs written out and its `{names}` filled in. */
export function readCorpus<Input>(
  name: string,
  values: Readonly<Record<string, () => string>> = {},
): readonly Case<Input>[] {
  const cases = JSON.parse(readFileSync(join(CORPUS, `${name}.json`), 'utf8')) as Case[];
  return cases.map((one) => expanded(one, values) as Case<Input>);
}

/** `$repeat`, `$nest`, `$times` and `$wrap` stand for what would be too long to write down. */
function expanded(value: unknown, values: Readonly<Record<string, () => string>>): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name]?.() ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => expanded(item, values));
  if (typeof value !== 'object' || value === null) return value;

  const [only] = Object.entries(value);
  const parts = Array.isArray(only?.[1]) ? only[1].map((item) => expanded(item, values)) : [];
  const shorthand = only?.[0] ?? '';
  if (Object.hasOwn(shorthands, shorthand)) return shorthands[shorthand]?.(parts);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expanded(item, values)]));
}

const shorthands: Readonly<Record<string, (parts: readonly unknown[]) => unknown>> = {
  $repeat: ([text, count]) => String(text).repeat(Number(count)),
  $nest: nested,
  $times: ([item, count]) => Array.from({ length: Number(count) }, () => item),
  $wrap: (parts) => parts.join(''),
};

/** `[open, count, close]` or `[open, count, inside, close]`. */
function nested(parts: readonly unknown[]): string {
  const [open, count] = [String(parts[0]), Number(parts[1])];
  const inside = parts.length > 3 ? String(parts[2]) : '';
  return open.repeat(count) + inside + String(parts.at(-1)).repeat(count);
}
