import specs from '@asyncapi/specs';
import { clientEvents, routes, serverEvents } from '@parley/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';

import { apiPage, asyncApiDocument, openApiDocument } from '../src/index.ts';

type Document = Readonly<Record<string, unknown>>;

const openApi = openApiDocument();
const asyncApi = asyncApiDocument();

describe('the OpenAPI document', () => {
  test('is valid', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApi));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  test('has every route, and every reference leads somewhere', () => {
    const operations = Object.values(
      openApi['paths'] as Record<string, Record<string, { operationId: string }>>,
    );
    const ids = operations.flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(ids.toSorted()).toEqual(Object.keys(routes).toSorted());
    expect(deadReferences(openApi)).toEqual([]);
  });

  test('is the one in the repository', async () => {
    await expect(`${JSON.stringify(openApi, undefined, 2)}\n`).toMatchFileSnapshot('../openapi.json');
  });
});

describe('the AsyncAPI document', () => {
  test('is valid', () => {
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
    addFormats.default(ajv);
    const validate = ajv.compile(specs.schemas['3.1.0'] as object);
    validate(asyncApi);
    expect(validate.errors).toBeNull();
  });

  test('has every event of both sides, and every reference leads somewhere', () => {
    const names = Object.keys((asyncApi['components'] as { messages: object }).messages);
    const expected = [
      ...Object.keys(clientEvents).flatMap((name) => [name, `${name}.ack`]),
      ...Object.keys(serverEvents),
    ];
    expect(names.toSorted()).toEqual(expected.toSorted());
    expect(deadReferences(asyncApi)).toEqual([]);
  });

  test('is the one in the repository', async () => {
    await expect(`${JSON.stringify(asyncApi, undefined, 2)}\n`).toMatchFileSnapshot('../asyncapi.json');
  });
});

test('the page names every route and event, and loads nothing from elsewhere', () => {
  const page = apiPage();
  const asks = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
  const events = [...Object.keys(clientEvents), ...Object.keys(serverEvents)];
  expect([...asks, ...events].filter((name) => !page.includes(name))).toEqual([]);
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(page).not.toContain('<script');
});

function deadReferences(document: Document): string[] {
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
  return [...references].flatMap(([, path = '']) => {
    let value: unknown = document;
    for (const key of path.split('/')) value = (value as Document | undefined)?.[key];
    return value === undefined ? [path] : [];
  });
}
