import { describe, expect, test } from 'vitest';

import { Addresses } from './addresses.ts';

describe('the addresses of one system', () => {
  test('are tried one after the other, round and round', () => {
    const addresses = new Addresses(['http://a/', 'http://b']);
    const seen = [addresses.current];
    for (let count = 0; count < 2; count += 1) {
      addresses.leave(addresses.current);
      seen.push(addresses.current);
    }
    expect(seen).toEqual(['http://a', 'http://b', 'http://a']);
  });

  test('two who leave the same one go on one step together', () => {
    const addresses = new Addresses(['http://a', 'http://b', 'http://c']);
    addresses.leave('http://a');
    addresses.leave('http://a');
    expect(addresses.current).toBe('http://b');
  });

  test('are at least one', () => {
    expect(() => new Addresses([])).toThrow(TypeError);
  });
});
