import { describe, expect, test } from 'vitest';

import { clientEventNamed, serverEventNamed } from './naming.ts';
import { clientEvents, serverEvents } from './socket.ts';

const clientNames = Object.keys(clientEvents);
const serverNames = Object.keys(serverEvents);
const asCamel = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const payload = { conversationId: 'cnv_1' };

const typing = (said: unknown) => clientEventNamed('camelCase', { name: 'typing', payload: said });
const named = (naming: 'snake_case' | 'camelCase', name: string) =>
  clientEventNamed(naming, { name, payload }).name;

describe('what clients say', () => {
  test.each(clientNames)('%s has its name in camelCase', (name) => {
    expect(clientEventNamed('camelCase', { name: asCamel(name), payload })).toEqual({ name, payload });
    expect(clientEventNamed('snake_case', { name, payload })).toEqual({ name, payload });
  });

  test('typing says two things by a field', () => {
    expect(typing({ ...payload, isTyping: true })).toEqual({ name: 'typing_start', payload });
    expect(typing({ ...payload, isTyping: false })).toEqual({ name: 'typing_stop', payload });
    for (const wrong of [{ ...payload, isTyping: 'yes' }, null, 1, payload]) {
      expect(typing(wrong)).toEqual({ name: 'typing_start', payload: wrong });
    }
  });

  test('some names stand for others', () => {
    expect(named('snake_case', 'device_connect')).toBe('device_connect');
    expect(named('camelCase', 'deviceConnect')).toBe('device_connect');
    expect(named('snake_case', 'join_conversations')).toBe('join_conversation');
    expect(named('camelCase', 'leaveConversations')).toBe('leave_conversation');
  });

  test.each(clientNames.filter((name) => asCamel(name) !== name))(
    '%s is not known to a socket that asked for the other naming',
    (name) => {
      for (const said of [
        clientEventNamed('camelCase', { name, payload }),
        clientEventNamed('snake_case', { name: asCamel(name), payload }),
      ]) {
        expect(Object.hasOwn(clientEvents, said.name)).toBe(false);
      }
    },
  );

  test('what is no event stays none', () => {
    for (const name of ['toString', '__proto__', 'constructor', '']) {
      expect(clientEventNamed('camelCase', { name, payload }).name).toBe(name);
      expect(clientEventNamed('snake_case', { name, payload }).name).toBe(name);
    }
  });
});

describe('what the server says', () => {
  test.each(serverNames)('%s has a name in both namings', (name) => {
    expect(serverEventNamed('snake_case', name)).toBe(name);
    expect(serverEventNamed('camelCase', name)).toMatch(/^[a-z][a-zA-Z]*$/);
  });

  test('no two events have one name', () => {
    const names = serverNames.map((name) => serverEventNamed('camelCase', name));
    expect(new Set(names).size).toBe(serverNames.length);
    expect(names).toEqual(expect.arrayContaining(['newMessage', 'messageRead', 'messageSent', 'connected']));
  });
});
