import {
  conversationCommands,
  conversationQueries,
  errorCodes,
  failed,
  identityCommands,
  identityQueries,
  fileCommands,
  fileQueries,
  messageCommands,
  messageQueries,
  ownViewCommands,
  ok,
  refusalTable,
  refused,
} from '@parley/contracts';
import { describe, expect, test } from 'vitest';

import { edgeResultOf } from './edge-error.ts';

const contracts = [
  ...identityCommands,
  ...identityQueries,
  ...conversationCommands,
  ...conversationQueries,
  ...messageCommands,
  ...fileCommands,
  ...fileQueries,
  ...messageQueries,
  ...ownViewCommands,
];
const rejections = [...new Set<string>(contracts.flatMap(({ rejections: declared }) => [...declared]))];

describe('an outcome at the edge', () => {
  test.each(rejections)('the refusal %s has a code of the closed list', (rejection) => {
    const result = edgeResultOf(refused(rejection));
    expect(result.ok ? undefined : errorCodes[result.error.code]).toBeDefined();
    expect(result.ok ? undefined : result.error.definite).toBe(true);
  });

  test('no row of the table is for a refusal that nobody declares', () => {
    expect(Object.keys(refusalTable).toSorted()).toEqual(rejections.toSorted());
  });

  test('an answer passes through with its position', () => {
    expect(edgeResultOf(ok({ seq: 1 }, 'conv-7'))).toEqual({
      ok: true,
      data: { seq: 1 },
      position: 'conv-7',
    });
  });

  test('what nobody knows is not definite', () => {
    const result = edgeResultOf(failed('unknown-outcome'));
    expect(result.ok ? undefined : [result.error.code, result.error.definite]).toEqual([
      'UNKNOWN_OUTCOME',
      false,
    ]);
  });
});
