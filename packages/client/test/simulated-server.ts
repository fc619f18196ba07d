import type { ServerEventName } from '@parley/contracts';

import { an, AT, Room } from './simulated-room.ts';

export interface SendBody {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly content: string;
}

/** A number for each conversation. */
type Stand = Readonly<Record<string, number>>;

/** The whole system as one device of An meets it: what it stores, answers and tells. */
export class SimulatedServer {
  readonly rooms = new Map(['cnv_hanoi', 'cnv_hue'].map((id) => [id, new Room(id)]));
  readonly #tell: (name: ServerEventName, payload: object) => void;

  constructor(tell: (name: ServerEventName, payload: object) => void) {
    this.#tell = tell;
  }

  /** Where all logs end now. */
  get syncToken(): string {
    return JSON.stringify(Object.fromEntries([...this.rooms].map(([id, { head }]) => [id, head])));
  }

  room(id: string): Room {
    const room = this.rooms.get(id);
    if (room === undefined) throw new Error(`There is no ${id}.`);
    return room;
  }

  /** Something new stands in a log: everybody who is connected is told. */
  tells(room: Room): void {
    const last = room.log.at(-1);
    if (last !== undefined) this.#tell(...last.event);
  }

  reads(room: Room, userId: string, upToSeq: number): void {
    const readUpTo = Math.min(Math.max(upToSeq, room.reads.get(userId) ?? 0), room.head);
    room.reads.set(userId, readUpTo);
    const { id: conversationId } = room;
    const own = { conversationId, upToSeq: readUpTo, syncedFrom: null };
    if (userId === an) this.#tell('sync_read_status', own);
    else this.#tell('messages_read', { conversationId, userId, upToSeq: readUpTo, readAt: AT });
  }

  has(room: Room, userId: string, upToSeq: number): void {
    const has = Math.min(Math.max(upToSeq, room.deliveries.get(userId) ?? 0), room.head);
    room.deliveries.set(userId, has);
    const updates = [{ userId, upToSeq: has, deliveredAt: AT }];
    this.#tell('delivery_updates', { conversationId: room.id, updates });
  }

  /** What a socket asks. */
  answers(name: string, payload: unknown): object {
    const data = this.#socket[name]?.(payload as never);
    if (data === undefined) throw new Error(`Nobody answers ${name}.`);
    return { ok: true, data };
  }

  readonly #socket: Readonly<Record<string, (payload: never) => object>> = {
    send_message: (body: SendBody) => {
      const { clientMessageId } = body;
      const room = this.room(body.conversationId);
      const earlier = room.rowsAt(room.head).find((row) => String(row.clientMessageId) === clientMessageId);
      const message = earlier ?? room.says(an, clientMessageId, body.content);
      if (earlier === undefined) this.tells(room);
      return { message, clientMessageId, seq: message.seq, position: `conv-${message.seq}` };
    },
    sync_request: ({ cursors, token }: { cursors?: Stand; token?: string }) =>
      cursors === undefined ? this.#missedSince(token) : this.#missedAfter(cursors),
    mark_as_read: ({ conversationId, upToSeq }: { conversationId: string; upToSeq: number }) => {
      this.reads(this.room(conversationId), an, upToSeq);
      return { conversationId, upToSeq };
    },
    read_receipts_batch: ({ receipts }: { receipts: readonly object[] }) => ({
      results: receipts.map(() => ({ ok: true })),
    }),
  };

  #missedAfter(cursors: Stand): object {
    return {
      conversations: Object.entries(cursors).map(([id, seq]) => this.room(id).after(seq)),
      removed: [],
      hidden: [],
      ownPosition: 'user-0',
    };
  }

  /** One part of each conversation that has moved; everybody's positions on the last page. */
  #missedSince(token = '{}'): object {
    const stand = JSON.parse(token) as Stand;
    const rooms = [...this.rooms.values()];
    // A page is read from the tables, once they have come to where the logs end.
    for (const room of rooms) room.tablesAt = room.head;
    const messages = rooms
      .filter((room) => room.head > (stand[room.id] ?? 0))
      .map((room) => room.missedAfter(stand[room.id] ?? 0));
    const hasMore = messages.some((missed) => missed.hasMore);
    const told = messages.map(({ conversationId, upToSeq }) => [conversationId, upToSeq]);
    const positions = rooms.map(({ id, reads, deliveries }) => ({
      conversationId: id,
      reads: positionsIn(reads),
      deliveries: positionsIn(deliveries),
    }));
    return {
      token: JSON.stringify({ ...stand, ...Object.fromEntries(told) }),
      hasMore,
      resyncRequired: null,
      conversations: messages.map(({ conversationId }) => this.room(conversationId).listed()),
      messages,
      removed: [],
      positions: hasMore ? [] : positions,
      hidden: [],
      settings: null,
    };
  }

  /** What REST is asked. */
  reply(path: string): object {
    const url = new URL(path, 'http://parley');
    const [, first = '', id = '', part = ''] = url.pathname.split('/');
    if (first === 'users') return { userId: id, username: id, displayName: id };
    if (id === '') {
      const isArchived = url.searchParams.get('archived') === 'true';
      const data = isArchived ? [] : [...this.rooms.values()].map((room) => room.listed());
      return { data, page: { hasMore: false, nextCursor: null } };
    }
    const room = this.room(id);
    if (part === '') return room.listed();
    if (part === 'messages') return room.page(Number(url.searchParams.get('before') ?? Infinity));
    if (part === 'read-positions') {
      return { data: positionsIn(room.reads), deliveries: positionsIn(room.deliveries) };
    }
    const members = room.listed().members.map((member) => ({ ...member, role: 'member' }));
    return { data: members, page: { hasMore: false, nextCursor: null } };
  }
}

const positionsIn = (all: ReadonlyMap<string, number>) =>
  [...all].map(([userId, upToSeq]) => ({ userId, upToSeq }));
