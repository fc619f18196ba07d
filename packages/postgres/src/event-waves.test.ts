import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { eventWaves } from './event-waves.ts';

const types = ['opened', 'joined', 'said', 'left'];
const events = array(
  record({ type: constantFrom(...types, 'unknown'), aggregateId: constantFrom('a', 'b', 'c') }),
).map((drawn) => drawn.map((event, position) => ({ ...event, position })));

/** The order in which the runner applies what it was given. */
function applied(drawn: readonly { type: string; aggregateId: string; position: number }[]) {
  return eventWaves(types, drawn).flatMap((wave) => [...wave.values()].flat());
}

describe('waves of events', () => {
  test('the events of each aggregate keep their order', () => {
    assert(
      property(events, (drawn) => {
        for (const aggregateId of ['a', 'b', 'c']) {
          const own = (event: { aggregateId: string }) => event.aggregateId === aggregateId;
          const known = drawn.filter((event) => own(event) && event.type !== 'unknown');
          expect(applied(drawn).filter(own)).toEqual(known);
        }
      }),
    );
  });

  test('every listed event is in exactly one wave, and no other is', () => {
    assert(
      property(events, (drawn) => {
        const known = drawn.filter(({ type }) => type !== 'unknown').map(({ position }) => position);
        const positions = applied(drawn).map(({ position }) => position);
        expect(positions.toSorted((a, b) => a - b)).toEqual(known);
      }),
    );
  });

  test('within a wave types stand in the order of the table and events in the order of the log', () => {
    assert(
      property(events, (drawn) => {
        for (const wave of eventWaves(types, drawn)) {
          const ranks = [...wave.keys()].map((type) => types.indexOf(type));
          expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
          for (const group of wave.values()) {
            const positions = group.map(({ position }) => position);
            expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          }
        }
      }),
    );
  });

  test('an ordinary history of many conversations is one wave', () => {
    const history = ['a', 'b', 'c'].flatMap((aggregateId) =>
      ['opened', 'joined', 'said', 'said', 'left'].map((type) => ({ type, aggregateId })),
    );
    expect(eventWaves(types, history)).toHaveLength(1);
  });

  test('who leaves and joins again is written in a second wave', () => {
    const history = ['opened', 'joined', 'left', 'joined'].map((type) => ({ type, aggregateId: 'a' }));
    const waves = eventWaves(types, history);
    expect(waves.map((wave) => [...wave.keys()])).toEqual([['opened', 'joined', 'left'], ['joined']]);
  });
});
