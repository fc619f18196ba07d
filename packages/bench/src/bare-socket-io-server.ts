import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server } from 'socket.io';

/*
 * The edge's limit: a Socket.IO server that stores nothing, checks nothing and broadcasts to a room. It says what
 * Parley says, byte for byte as many, so that only the work behind it differs.
 */

interface Sending {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly content: string;
}

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
const seqOfRoom = new Map<string, number>();

io.of('/chat').on('connection', async (socket) => {
  const { rooms, userId } = socket.handshake.auth as { readonly rooms: string[]; readonly userId: string };
  await socket.join(rooms);
  socket.on('send_message', (sending: Sending, acknowledge: (answer: unknown) => void) => {
    const { conversationId, clientMessageId, content } = sending;
    const seq = (seqOfRoom.get(conversationId) ?? 0) + 1;
    seqOfRoom.set(conversationId, seq);
    const message = {
      messageId: `msg_${clientMessageId.replaceAll('-', '').slice(6)}`,
      conversationId,
      seq,
      senderId: userId,
      clientMessageId,
      content: { type: 'text', text: content },
      sentAt: new Date().toISOString(),
    };
    socket.to(conversationId).emit('new_message', { message, clientMessageId });
    acknowledge({ ok: true, data: { message, clientMessageId, seq, position: `conv-${seq}` } });
  });
  socket.emit('connected', {});
});

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'ready', port })}\n`);
});

process.on('SIGTERM', () => process.exit(0));
// Whoever started this one is gone when its end of the pipe is.
process.stdin.resume().on('end', () => process.exit(0));
