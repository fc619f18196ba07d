import { expect, test } from 'vitest';

import { encodeFrame } from './frames.ts';
import { frameIn } from './renamed-frames.ts';

const frame = encodeFrame('token_expiring', { expiresAt: '2026-01-01T00:00:00.000Z' as never });

test('a socket that asked for camelCase hears the same under its name', () => {
  const other = frameIn('camelCase', frame);
  expect(other.packet).toBe('42/chat,["tokenExpiring",{"expiresAt":"2026-01-01T00:00:00.000Z"}]');
  expect(other.bytes.subarray(2).toString()).toBe(other.packet);
  expect(other.bytes[1]).toBe(other.packet.length);
});

test('it is renamed once, however many hear it', () => {
  expect(frameIn('camelCase', frame)).toBe(frameIn('camelCase', frame));
  expect(frameIn('snake_case', frame)).toBe(frame);
});
