import type {
  ConversationEvent,
  ConversationId,
  FileId,
  HiddenEvent,
  MessageEvent,
  MessageSent,
  PositionEvent,
  RecordedEvent,
  SentContent,
  UserId,
} from '@parley/contracts';
import { chronicle, placeOfText, sentText, timeOf } from '@parley/testing';
import * as fc from 'fast-check';

import type { ReceiptKind } from '../src/storage/schema.ts';

export type Happening = ConversationEvent | HiddenEvent | MessageEvent | PositionEvent;

const PERSON_COUNT = 8;
const CONVERSATION_COUNT = 10;
const WORDS = ['pho', 'bun cha', 'ca phe', 'banh mi'];
export const FILE_NAME = 'a.jpg';
const EMOJIS = ['👍', '🍜', '❤️'];

const people = Array.from({ length: PERSON_COUNT }, (_, index) => id<UserId>('usr', index));
const places = Array.from({ length: CONVERSATION_COUNT }, (_, index) => id<ConversationId>('cnv', index));

function id<Id extends string>(prefix: string, index: number): Id {
  return `${prefix}_${String(index).padStart(26, '0')}` as Id;
}

/** What one message is to the plainest reading of the log. */
export interface PlainMessage {
  readonly seq: number;
  readonly position: number;
  readonly number: number;
  readonly senderId: UserId;
  readonly mentions: readonly UserId[];
  readonly fileId: FileId | undefined;
  readonly answers: PlainMessage | undefined;
  /** What the answered one said at the moment of the answer. */
  readonly quoted: string | null;
  /** Every text that it ever had, and the number of the event that gave it. */
  readonly texts: { readonly seq: number; readonly text: string }[];
  /** By emoji and person: the number of the reaction. */
  readonly reactions: Map<string, number>;
  readonly hiddenFrom: Set<UserId>;
  changedSeq: number;
  pinned: { readonly seq: number; readonly by: UserId } | undefined;
  deletedBy: UserId | undefined;
}

export interface PlainStay {
  readonly userId: UserId;
  readonly joinedSeq: number;
  leftSeq: number | undefined;
}

/** What the timeline tells of a number that is no message. */
export interface PlainLine {
  readonly seq: number;
  readonly by: UserId;
  readonly template: string;
}

const templates: Readonly<Partial<Record<Happening['type'], string>>> = {
  'conversation.started': 'conversation-created',
  'conversation.members-added': 'member-joined',
  'conversation.member-left': 'member-left',
  'message.pinned': 'message-pinned',
  'message.unpinned': 'message-unpinned',
};

export interface PlainPlace {
  readonly conversationId: ConversationId;
  readonly lines: PlainLine[];
  readonly said: PlainMessage[];
  readonly stays: PlainStay[];
  readonly told: {
    readonly userId: UserId;
    readonly kind: ReceiptKind;
    readonly upToSeq: number;
    readonly at: string;
  }[];
  headSeq: number;
}

const kinds = ['say', 'mention', 'answer', 'attach', 'edit', 'delete', 'react', 'pin', 'hide'] as const;
const often = [
  'say',
  'say',
  'say',
  'answer',
  'edit',
  'react',
  'react',
  'react',
  'read',
  'delivered',
] as const;

export const operation = fc.record({
  kind: fc.constantFrom(...kinds, ...often, 'come and go'),
  who: fc.constantFrom(...people),
  whom: fc.constantFrom(...people),
  where: fc.nat(CONVERSATION_COUNT - 1),
  which: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  word: fc.constantFrom(...WORDS),
  emoji: fc.constantFrom(...EMOJIS),
});
export type Operation = typeof operation extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Lets random things happen, and keeps two accounts of them: the log, and the plain one. */
export class Town {
  readonly #log = chronicle<Happening>();
  readonly places: readonly PlainPlace[];
  #sentCount = 0;

  constructor() {
    this.places = places.map((conversationId) => ({
      conversationId,
      lines: [],
      said: [],
      stays: [],
      told: [],
      headSeq: 0,
    }));
    for (const place of this.places) {
      const members = people.map((userId) => ({ userId, role: 'member' as const }));
      const { conversationId } = place;
      const joinedSeq = this.#record(place, people[0], {
        type: 'conversation.started',
        data: { conversationId, kind: 'group', members },
      });
      place.stays.push(...people.map((userId) => ({ userId, joinedSeq, leftSeq: undefined })));
    }
  }

  get events(): readonly RecordedEvent<Happening>[] {
    return this.#log.events;
  }

  happens(drawn: Operation): void {
    const place = this.places[drawn.where];
    if (place === undefined) return;
    const stay = place.stays.find(({ userId, leftSeq }) => userId === drawn.who && leftSeq === undefined);
    if (drawn.kind === 'come and go') return this.#comeOrGo(place, drawn.who, stay);
    if (stay === undefined) return;
    if (drawn.kind === 'read' || drawn.kind === 'delivered') return this.#tell(place, drawn);
    const message = place.said[Math.floor(drawn.which * place.said.length)];
    if (drawn.kind === 'say' || drawn.kind === 'mention' || drawn.kind === 'attach' || !message) {
      return this.#say(place, drawn, undefined);
    }
    if (drawn.kind === 'answer') return this.#say(place, drawn, message);
    if (drawn.kind === 'hide') return this.#hide(place, drawn.who, message);
    if (message.deletedBy === undefined) this.#change(place, drawn, message);
  }

  #change(place: PlainPlace, drawn: Operation, message: PlainMessage): void {
    const { who, emoji } = drawn;
    const about = placeOfText(place.conversationId, message.number, message.seq);
    if (drawn.kind === 'edit') {
      const text = `${drawn.word} ${this.events.length}`;
      const content = contentOf(text, message.fileId);
      message.changedSeq = this.#record(place, message.senderId, {
        type: 'message.edited',
        data: { ...about, content },
      });
      message.texts.push({ seq: message.changedSeq, text });
    } else if (drawn.kind === 'delete') {
      message.changedSeq = this.#record(place, who, { type: 'message.deleted', data: about });
      message.deletedBy = who;
    } else if (drawn.kind === 'react') {
      const key = `${emoji} ${who}`;
      const others = [...message.reactions.keys()].filter((one) => one.startsWith(emoji) && one !== key);
      const isThere = message.reactions.delete(key);
      const type = isThere ? 'message.reaction-removed' : 'message.reaction-added';
      const count = others.length + (isThere ? 0 : 1);
      message.changedSeq = this.#record(place, who, { type, data: { ...about, emoji, count } });
      if (!isThere) message.reactions.set(key, message.changedSeq);
    } else if (drawn.kind === 'pin') {
      const type = message.pinned ? 'message.unpinned' : 'message.pinned';
      message.changedSeq = this.#record(place, who, { type, data: about });
      message.pinned = message.pinned ? undefined : { seq: message.changedSeq, by: who };
    }
  }

  #say(place: PlainPlace, { kind, who, whom, word }: Operation, answers: PlainMessage | undefined): void {
    this.#sentCount += 1;
    const number = this.#sentCount;
    const text = `${word} ${number}`;
    const mentions = kind === 'mention' ? [whom] : [];
    const fileId = kind === 'attach' ? id<FileId>('fil', number) : undefined;
    const seq = this.#record(place, who, sentFact(place, { number, text, mentions, fileId, answers }));
    place.said.push({
      seq,
      position: this.events.length,
      number,
      senderId: who,
      mentions,
      fileId,
      answers,
      quoted: quotedOf(answers),
      texts: [{ seq, text }],
      reactions: new Map(),
      hiddenFrom: new Set(),
      changedSeq: seq,
      pinned: undefined,
      deletedBy: undefined,
    });
  }

  #hide({ conversationId }: PlainPlace, who: UserId, message: PlainMessage): void {
    const data = placeOfText(conversationId, message.number, message.seq);
    this.#log.record(who, who, { type: 'message.hidden', data });
    message.hiddenFrom.add(who);
  }

  #tell(place: PlainPlace, { kind, who, which, emoji }: Operation): void {
    const { conversationId } = place;
    const upToSeq = 1 + Math.floor(which * place.headSeq);
    // What a device said late, or was told again, has an earlier time.
    const at = timeOf(Math.ceil(this.events.length * (0.5 + which / 2)));
    const isPrivate = kind === 'read' && emoji === '❤️';
    const position = { userId: who, upToSeq };
    const read = { ...position, readAt: at, ...(isPrivate ? { private: true as const } : {}) };
    const fact: PositionEvent =
      kind === 'read'
        ? { type: 'message.positions-advanced', data: { conversationId, positions: [read] } }
        : {
            type: 'message.deliveries-advanced',
            data: { conversationId, positions: [{ ...position, deliveredAt: at }] },
          };
    this.#log.record(conversationId, who, fact);
    place.told.push({ ...position, kind: isPrivate ? 'private-read' : (kind as 'read' | 'delivered'), at });
  }

  #comeOrGo(place: PlainPlace, userId: UserId, stay: PlainStay | undefined): void {
    const { conversationId } = place;
    if (stay) {
      stay.leftSeq = this.#record(place, userId, {
        type: 'conversation.member-left',
        data: { conversationId, userId },
      });
      return;
    }
    const joinedSeq = this.#record(place, userId, {
      type: 'conversation.members-added',
      data: { conversationId, members: [{ userId, role: 'member' }], addedBy: userId },
    });
    place.stays.push({ userId, joinedSeq, leftSeq: undefined });
  }

  #record(place: PlainPlace, who: UserId | undefined, fact: Happening): number {
    const by = who ?? id<UserId>('usr', 0);
    this.#log.record(place.conversationId, by, fact);
    place.headSeq += 1;
    const template = templates[fact.type];
    if (template !== undefined) place.lines.push({ seq: place.headSeq, by, template });
    return place.headSeq;
  }
}

function quotedOf(answers: PlainMessage | undefined): string | null {
  return answers === undefined || answers.deletedBy ? null : (answers.texts.at(-1)?.text ?? null);
}

function contentOf(text: string, fileId: FileId | undefined): SentContent {
  if (fileId === undefined) return { type: 'text', text };
  const file = { fileId, name: FILE_NAME, sizeBytes: 1, mediaType: 'image/jpeg' };
  return { type: 'image', text, attachments: [file] };
}

function sentFact(
  { conversationId }: PlainPlace,
  said: Pick<PlainMessage, 'number' | 'mentions' | 'fileId' | 'answers'> & { readonly text: string },
): MessageSent {
  const { number, text, mentions, fileId, answers } = said;
  const quoted = quotedOf(answers);
  const replyTo = answers && {
    messageId: placeOfText(conversationId, answers.number, answers.seq).messageId,
    seq: answers.seq,
    senderId: answers.senderId,
    preview: quoted === null ? null : { type: 'text' as const, text: quoted },
  };
  const { data } = sentText(conversationId, number, text);
  return {
    type: 'message.sent',
    data: {
      ...data,
      content: contentOf(text, fileId),
      ...(replyTo ? { replyTo } : {}),
      ...(mentions.length > 0 ? { mentions: [...mentions] } : {}),
    },
  };
}
