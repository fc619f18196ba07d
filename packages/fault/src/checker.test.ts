import { describe, expect, test } from 'vitest';

import { checkHistory, type Invariant, invariantNames } from './checker.ts';
import type { DeviceView, History, LogEntry, Message, Send } from './history.ts';

const hanoi = 'Hà Nội';

/** An says something to Bình: the message, its send, and a world in which everything is as it should be. */
const first = said('An', 1, 'Chào em');
const second = said('Bình', 2, 'Chào anh');
const started: LogEntry = {
  kind: 'membership',
  conversationId: hanoi,
  seq: 1,
  joined: ['An', 'Bình'],
  left: [],
};
const good: History = {
  sends: [
    sendOf(first, { device: "An's phone", submittedAtMs: 0 }),
    sendOf(second, { device: "Bình's phone", submittedAtMs: 100 }),
  ],
  log: [started, logged(first), logged(second)],
  rows: [first, second],
  devices: [viewOf("An's phone", 'An', [first, second]), viewOf("Bình's phone", 'Bình', [first, second])],
  processes: [{ name: 'message-1', killed: 1, restarted: 1, running: true, unhandled: [] }],
};

/** Who left in between, and what was said after that. */
const third = said('An', 4, 'Bình đi rồi');
const binhRemoved: LogEntry = {
  kind: 'membership',
  conversationId: hanoi,
  seq: 4,
  joined: [],
  left: ['Bình'],
};

function said(senderId: string, number: number, text: string): Message {
  return {
    conversationId: hanoi,
    seq: number + 1,
    messageId: `message ${number}`,
    senderId,
    clientMessageId: `send ${number}`,
    text,
  };
}

function sendOf(
  message: Message,
  { device, submittedAtMs }: { device: string; submittedAtMs: number },
): Send {
  const { senderId, conversationId, clientMessageId, text, messageId, seq } = message;
  const outcome = { kind: 'ok', messageId, seq, atMs: submittedAtMs + 10 } as const;
  return { device, userId: senderId, conversationId, clientMessageId, text, submittedAtMs, outcome };
}

function logged(message: Message): LogEntry {
  return { kind: 'message', message };
}

function viewOf(device: string, userId: string, messages: readonly Message[]): DeviceView {
  const told = messages.map(({ conversationId, seq }) => ({ conversationId, seq }));
  return {
    device,
    userId,
    deliveries: told,
    announced: told.map((place) => ({ ...place, stay: 0 })),
    conversations: [{ conversationId: hanoi, floor: 2, messages }],
  };
}

function brokenIn(history: Partial<History>): readonly Invariant[] {
  const found = checkHistory({ ...good, ...history }).map(({ invariant }) => invariant);
  return [...new Set(found)];
}

describe('the checker', () => {
  test('finds nothing in a good history', () => {
    expect(checkHistory(good)).toEqual([]);
  });

  test('finds nothing where a member left, came back and was spared what was said meanwhile', () => {
    const back: LogEntry = { kind: 'membership', conversationId: hanoi, seq: 6, joined: ['Bình'], left: [] };
    const fourth = said('An', 6, 'Em về rồi à');
    const binh: DeviceView = {
      ...viewOf("Bình's phone", 'Bình', [first, second, fourth]),
      conversations: [{ conversationId: hanoi, floor: 7, messages: [fourth] }],
    };
    const messages = [first, second, third, fourth];
    expect(
      brokenIn({
        sends: [
          ...good.sends,
          ...[third, fourth].map((message, index) =>
            sendOf(message, { device: "An's phone", submittedAtMs: 500 + index * 100 }),
          ),
        ],
        log: [...good.log, binhRemoved, logged(third), back, logged(fourth)],
        rows: messages,
        devices: [viewOf("An's phone", 'An', messages), binh],
      }),
    ).toEqual([]);
  });

  test('finds nothing where an answer was lost and the send was stored all the same', () => {
    const [anSend, ...others] = good.sends;
    const unknown = { ...(anSend as Send), outcome: { kind: 'unknown' } as const };
    expect(brokenIn({ sends: [unknown, ...others] })).toEqual([]);
  });

  test('names each of its invariants once', () => {
    expect(new Set(invariantNames).size).toBe(invariantNames.length);
  });
});

/** What a bug of this kind leaves behind. Each must be named by the invariant that it breaks. */
const plants: Readonly<Record<string, { readonly history: Partial<History>; readonly breaks: Invariant }>> = {
  'an acknowledgement before the append': {
    history: { log: [started, logged(first)], rows: [first], devices: [] },
    breaks: 'an acknowledged send is in the log',
  },
  'an answer with the number of another message': {
    history: {
      sends: [
        sendOf({ ...first, seq: 7 }, { device: "An's phone", submittedAtMs: 0 }),
        ...good.sends.slice(1),
      ],
    },
    breaks: 'the answer is what was stored',
  },
  'a message out of nowhere': {
    history: { sends: good.sends.slice(0, 1) },
    breaks: 'what is in the log was sent by somebody',
  },
  'a time-out that is called a refusal': {
    history: {
      sends: [
        { ...(good.sends[0] as Send), outcome: { kind: 'refused', code: 'UNAVAILABLE', atMs: 10 } },
        ...good.sends.slice(1),
      ],
    },
    breaks: 'a refused send is not stored',
  },
  'a new id on every retry': {
    history: {
      log: [...good.log, logged({ ...first, seq: 4, messageId: 'message 1 again' })],
      rows: [first, second, { ...first, seq: 4, messageId: 'message 1 again' }],
      devices: [],
    },
    breaks: 'a send is stored once',
  },
  'a number that was taken from the clock': {
    history: { log: [started, logged(first), logged({ ...second, seq: 1_763_712_000 })] },
    breaks: 'numbers have no hole',
  },
  'a number that was given twice': {
    history: { log: [started, logged(first), logged({ ...second, seq: 2 })] },
    breaks: 'numbers have no hole',
  },
  'a later send that overtook an earlier one of its device': {
    history: {
      sends: [
        sendOf({ ...second, senderId: 'An' }, { device: "An's phone", submittedAtMs: 0 }),
        sendOf(first, { device: "An's phone", submittedAtMs: 1 }),
      ],
      log: [started, logged(first), logged({ ...second, senderId: 'An' })],
    },
    breaks: "a device's sends keep their order",
  },
  'a send that was put before one that had been answered': {
    history: {
      sends: [
        sendOf(first, { device: "An's phone", submittedAtMs: 500 }),
        sendOf(second, { device: "Bình's phone", submittedAtMs: 0 }),
      ],
    },
    breaks: 'a send made after an answer comes later',
  },
  'membership that was checked at the join only': {
    history: {
      sends: [
        ...good.sends,
        sendOf({ ...third, senderId: 'Bình' }, { device: "Bình's phone", submittedAtMs: 900 }),
      ],
      log: [...good.log, binhRemoved, logged({ ...third, senderId: 'Bình' })],
      devices: [],
    },
    breaks: 'nothing is accepted from somebody who is no member',
  },
  'a room that was not left': {
    history: {
      log: [...good.log, binhRemoved, logged(third)],
      devices: [viewOf("Bình's phone", 'Bình', [first, second, third])],
    },
    breaks: 'nothing is delivered to somebody who is no member',
  },
  'a projector that lost a batch': {
    history: { rows: [first] },
    breaks: 'the tables are a fold of the log',
  },
  'a position saved outside the transaction of its rows': {
    history: { rows: [first, second, second] },
    breaks: 'the tables are a fold of the log',
  },
  'a catch swallowed in a handler': {
    history: {
      devices: [viewOf("An's phone", 'An', [first]), viewOf("Bình's phone", 'Bình', [first, second])],
    },
    breaks: 'every device ends with what the log says',
  },
  'a catch-up before the subscription': {
    history: {
      log: [...good.log, logged({ ...third, seq: 4 })],
      devices: [viewOf("Bình's phone", 'Bình', [first, { ...third, seq: 4 }])],
    },
    breaks: 'there is no silent gap',
  },
  'a redelivery that the application sees': {
    history: {
      devices: [
        {
          ...viewOf("An's phone", 'An', [first, second]),
          announced: [first, second, second].map(({ conversationId, seq }) => ({
            conversationId,
            seq,
            stay: 0,
          })),
        },
      ],
    },
    breaks: 'no message is announced twice or out of order',
  },
  'a conversation that nobody told of': {
    history: { devices: [{ ...viewOf("Bình's phone", 'Bình', []), conversations: [] }] },
    breaks: 'every member has the conversation',
  },
  'a promise that nobody caught': {
    history: {
      processes: [{ name: 'gateway-1', killed: 0, restarted: 0, running: true, unhandled: ['TypeError'] }],
    },
    breaks: 'nobody leaves a promise uncaught',
  },
  'a process that fell over by itself': {
    history: { processes: [{ name: 'message-2', killed: 0, restarted: 1, running: true, unhandled: [] }] },
    breaks: 'no process ends by itself',
  },
  'a process that did not come back': {
    history: { processes: [{ name: 'message-2', killed: 1, restarted: 0, running: false, unhandled: [] }] },
    breaks: 'every process is back in the end',
  },
};

describe('a planted bug is called by its name', () => {
  test.each(Object.entries(plants))('%s', (_, { history, breaks }) => {
    expect(brokenIn(history)).toContain(breaks);
  });

  test('there is one for every invariant', () => {
    expect(new Set(Object.values(plants).map(({ breaks }) => breaks))).toEqual(new Set(invariantNames));
  });
});
