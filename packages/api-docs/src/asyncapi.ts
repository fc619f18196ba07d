import {
  type ClientEventContract,
  clientEvents,
  clientEventSummaries,
  PROTOCOL_VERSION,
  serverEvents,
  serverEventSummaries,
} from '@parley/contracts';
import type { z } from 'zod';

import { errorSchema } from './error-schema.ts';
import { asked, SchemaBook } from './schema-book.ts';

type Part = Readonly<Record<string, unknown>>;

const summaries: Readonly<Record<string, string>> = { ...clientEventSummaries, ...serverEventSummaries };

const CHANNEL = { $ref: '#/channels/chat' };

/**
 * The socket side of the edge as an AsyncAPI 3.1 document, made of the same contracts that the gateway serves.
 * Actions are the server's: it receives what clients ask and sends what happens.
 */
export function asyncApiDocument(): Part {
  const fromClients: [string, ClientEventContract][] = Object.entries(clientEvents);
  const fromServer: [string, z.ZodType][] = Object.entries(serverEvents);
  const book = new SchemaBook([
    ...fromClients.map(([, { answer }]) => answer),
    ...fromServer.map(([, payload]) => payload),
  ]);
  const messages: Record<string, Part> = {};
  for (const [name, contract] of fromClients) {
    messages[name] = { name, summary: summaries[name], payload: asked(contract.payload) };
    messages[`${name}.ack`] = { name: `${name}.ack`, payload: ackOf(book, contract) };
  }
  for (const [name, payload] of fromServer) {
    messages[name] = { name, summary: summaries[name], payload: book.answered(payload) };
  }

  const channels = {
    chat: {
      address: '/chat',
      title: 'The namespace of the chat',
      description: 'Socket.IO 4. The handshake carries auth: { token, protocol }.',
      messages: Object.fromEntries(Object.keys(messages).map((name) => [name, referTo(name)])),
    },
  };
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Parley, sockets',
      version: `${PROTOCOL_VERSION}`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels,
    operations: {
      ...Object.fromEntries(fromClients.map(([name]) => [name, receiveOf(name)])),
      ...Object.fromEntries(fromServer.map(([name]) => [`say_${name}`, sendOf(name)])),
    },
    components: { messages, schemas: book.componentsFor(messages) },
  };
}

function ackOf(book: SchemaBook, { answer }: ClientEventContract): Part {
  return {
    oneOf: [
      {
        type: 'object',
        required: ['ok', 'data'],
        properties: { ok: { const: true }, data: book.answered(answer) },
      },
      {
        type: 'object',
        required: ['ok', 'error'],
        properties: {
          ok: { const: false },
          error: errorSchema,
        },
      },
    ],
  };
}

function receiveOf(name: string): Part {
  return {
    action: 'receive',
    channel: CHANNEL,
    messages: [inChannel(name)],
    reply: { channel: CHANNEL, messages: [inChannel(`${name}.ack`)] },
  };
}

function sendOf(name: string): Part {
  return { action: 'send', channel: CHANNEL, messages: [inChannel(name)] };
}

function inChannel(name: string): Part {
  return { $ref: `#/channels/chat/messages/${name}` };
}

function referTo(name: string): Part {
  return { $ref: `#/components/messages/${name}` };
}
