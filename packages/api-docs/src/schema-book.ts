import * as contracts from '@parley/contracts';
import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const REFERENCE = /"\$ref":"#\/components\/schemas\/([^"]+)"/g;

/**
 * JSON schemas (2020-12) of what the edge answers, for one document. A schema that the contracts export is written
 * once under its name and referred to; any other stands where it is used.
 */
export class SchemaBook {
  readonly #ids = z.registry<{ readonly id: string }>();
  readonly #schemas: Readonly<Record<string, JsonSchema>>;

  constructor(answers: readonly z.ZodType[]) {
    for (const [name, value] of Object.entries(contracts)) {
      if (value instanceof z.ZodType && !this.#ids.has(value)) this.#ids.add(value, { id: name });
    }
    for (const [index, answer] of answers.entries()) {
      if (!this.#ids.has(answer)) this.#ids.add(answer, { id: `${INLINE}${index}` });
    }
    this.#schemas = z.toJSONSchema(this.#ids, {
      uri: referenceTo,
      io: 'output',
      unrepresentable: 'any',
      // Answers grow: a client ignores what it does not know.
      override: ({ jsonSchema }) => void delete jsonSchema.additionalProperties,
    }).schemas;
  }

  /** What a client gets, by reference where it has a name. */
  answered(schema: z.ZodType): JsonSchema {
    const id = this.#ids.get(schema)?.id;
    if (id === undefined) throw new Error('a schema is asked for that the book was not made of');
    return id.startsWith(INLINE) ? plain(this.#schemas[id]) : { $ref: referenceTo(id) };
  }

  /** The named schemas that a document refers to, and those that they refer to. */
  componentsFor(document: object): Readonly<Record<string, JsonSchema>> {
    const found: Record<string, JsonSchema> = {};
    const waiting = namesIn(document);
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (Object.hasOwn(found, name)) continue;
      const schema = plain(this.#schemas[name]);
      found[name] = schema;
      waiting.push(...namesIn(schema));
    }
    return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}

const INLINE = 'inline ';

/** What a client may send, spelled out: a field with a default may be left out there, and an unknown one is refused. */
export function asked(schema: z.ZodType): JsonSchema {
  return plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
}

function referenceTo(id: string): string {
  return `#/components/schemas/${id}`;
}

function plain(schema: JsonSchema | undefined): JsonSchema {
  if (schema === undefined) throw new Error('a schema is referred to and not there');
  const { $schema: _dialect, $id: _id, '~standard': _standard, ...rest } = schema;
  return rest;
}

function namesIn(document: object): string[] {
  return [...JSON.stringify(document).matchAll(REFERENCE)].map(([, name]) => name ?? '');
}
