import { describe, expect, test } from 'vitest';

import { OptionError, parseStartOptions } from './start-options.ts';

const parse = (...args: string[]) => parseStartOptions(args, '/home/an/parley');

describe('npm start', () => {
  test('starts a process per service, in a folder of the clone, unless told', () => {
    expect(parse()).toMatchObject({
      services: ['identity', 'conversation', 'file', 'message', 'presence', 'gateway'],
      processes: 'multi',
      dataDir: '/home/an/parley/.parley',
      port: undefined,
      reset: false,
      offline: false,
    });
  });

  test('--target=all puts all services in one process, --target=A,B only those', () => {
    expect(parse('--target=all')).toMatchObject({ processes: 'together', services: { length: 6 } });
    expect(parse('--target=message,conversation')).toMatchObject({
      processes: 'together',
      services: ['conversation', 'message'],
    });
  });

  test.each([
    [['--target=messages'], 'There is no service messages'],
    [['--target='], 'There is no service'],
    [['--port=70000'], '--port is a number from 1 to 65535, not 70000.'],
    [['--port=x'], 'not x'],
    [['--multi', '--target=all'], 'not both'],
    [['--frob'], '--frob'],
  ])('%j is refused with a sentence', (args, sentence) => {
    expect(() => parse(...args)).toThrow(OptionError);
    expect(() => parse(...args)).toThrow(sentence);
  });
});
