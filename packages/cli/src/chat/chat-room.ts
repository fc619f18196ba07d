import { setTimeout } from 'node:timers/promises';

import {
  ApiError,
  type Chat,
  type ChatMessage,
  type Conversation,
  type ConversationSummary,
  OutboxFullError,
} from '@parley/client';
import { previewText } from '@parley/contracts';

import { tellChanges } from './change-notices.ts';
import { chatCommands } from './chat-commands.ts';
import { tellUnsent } from './unsent-commands.ts';
import { readLine } from './line.ts';
import { noticeLive } from './live-notices.ts';
import { PlainError } from './plain-error.ts';
import { dayOf, messageLine, plain, readersLine, short } from './render.ts';
import type { Terminal } from './terminal.ts';

/** A send without an answer for this long is shown as under way. */
const SENDING_NOTICE_MS = 1_000;
/** How long leaving waits for what was typed last. */
const QUIT_WAIT_MS = 8_000;
const QUIT_POLL_MS = 50;
/** How many messages `/messages` numbers: about half a screen. */
const NUMBERED_COUNT_MAX = 12;
const SIGN_OUT_WAIT_MS = 2_000;
const NAME_WAIT_MS = 1_000;

/** One person at one terminal: what they see, and what their lines do. */
export class ChatRoom {
  readonly chat: Chat;
  readonly terminal: Terminal;
  readonly nameOf = (userId: string): string =>
    userId === this.chat.userId ? 'you' : this.chat.nameOf(userId);
  #open: Conversation | undefined;
  #forgetOpen = (): void => undefined;
  #numbered: readonly ConversationSummary[] = [];
  #numberedMessages: readonly ChatMessage[] = [];
  #day = '';
  #readShown = 0;
  /** Up to here messages of the open conversation are older than what was there when it was opened; of the rest, which ones were printed. */
  #olderUpToSeq = 0;
  #printedSeqs = new Set<number>();
  readonly #failedShown = new Set<string>();
  #isQuitting = false;
  #isAway = false;
  #exitCode = 0;
  #printing = Promise.resolve();

  constructor(chat: Chat, terminal: Terminal) {
    this.chat = chat;
    this.terminal = terminal;
  }

  /** Until the person leaves or the input ends; answers the exit code. */
  async run(): Promise<number> {
    this.#listen();
    await this.#do('list', []);
    tellUnsent(this);
    this.print('/open N opens one, /help says what else there is.');
    this.terminal.onKey((line) => this.#typed(line));
    this.terminal.setPrompt('> ');
    for await (const line of this.terminal.lines) {
      await this.#take(line);
      if (this.#isQuitting) break;
    }
    await this.#finish();
    return this.#exitCode;
  }

  print(line: string): void {
    this.terminal.print(line);
  }

  /** The list as it is now; its numbers stay what they are until it is shown again. */
  numbered(archived: boolean): readonly ConversationSummary[] {
    this.#numbered = this.chat.conversations().filter(({ isArchived }) => isArchived === archived);
    return this.#numbered;
  }

  /** The last messages as they are now; their numbers stay until they are shown again. */
  numberedMessages(): readonly ChatMessage[] {
    this.#numberedMessages = this.opened().getSnapshot().messages.slice(-NUMBERED_COUNT_MAX);
    return this.#numberedMessages;
  }

  lastNumberedMessages(): readonly ChatMessage[] {
    return this.#numberedMessages;
  }

  lastNumbered(): readonly ConversationSummary[] {
    return this.#numbered;
  }

  opened(): Conversation {
    if (this.#open === undefined) throw new PlainError('Open a conversation first: /open N');
    return this.#open;
  }

  async open(conversation: Conversation): Promise<void> {
    await conversation.open();
    this.#forgetOpen();
    this.#open = conversation;
    this.#numberedMessages = [];
    this.#day = '';
    const { title, messages, hasOlder } = conversation.getSnapshot();
    this.print(`── ${plain(title)} ──${hasOlder ? ' (/older shows what was before)' : ''}`);
    for (const message of messages) this.#show(message);
    this.#readShown = lastRead(messages)?.seq ?? 0;
    // An own message may stand above a hole; what fills that is news, though its number is lower.
    const seqs = messages.flatMap(({ seq }) => seq ?? []);
    this.#olderUpToSeq = hasOlder ? (seqs[0] ?? 1) - 1 : 0;
    this.#printedSeqs = new Set(seqs);
    conversation.markRead();
    const forget = [
      conversation.subscribe(() => this.#changed(conversation)),
      noticeLive(conversation, {
        chat: this.chat,
        nameOf: this.nameOf,
        notice: (text) => this.#notice(text),
      }),
    ];
    this.#forgetOpen = () => forget.forEach((one) => one());
    this.terminal.setPrompt(`${plain(title)}> `);
  }

  async showOlder(): Promise<void> {
    const conversation = this.opened();
    const oldest = conversation.getSnapshot().messages.find(({ seq }) => seq !== undefined)?.seq ?? 0;
    await conversation.loadOlder();
    const older = conversation.getSnapshot().messages.filter(({ seq = 0 }) => seq > 0 && seq < oldest);
    if (older.length === 0) this.print('That was the beginning.');
    this.#day = '';
    for (const message of older) this.#show(message);
  }

  quit(): void {
    this.#isQuitting = true;
  }

  #listen(): void {
    this.chat.on('message', ({ message, conversation }) => {
      if (conversation === this.#open || message.senderId === this.chat.userId) return;
      const title = plain(conversation.getSnapshot().title);
      const said = `${plain(this.nameOf(message.senderId))}: ${short(previewText(message.content))}`;
      this.#notice(`[${title}] ${said}`);
    });
    tellChanges({
      chat: this.chat,
      nameOf: this.nameOf,
      openId: () => this.#open?.conversationId,
      notice: (text) => this.#notice(text),
    });
    this.chat.on('connection', (state) => {
      // One word when it goes and one when it is back, however many tries lie between.
      if (state === 'waiting' && !this.#isAway) this.#notice('connection lost, trying again');
      if (state === 'connected') this.#notice('connected');
      if (state === 'waiting' || state === 'connected') this.#isAway = state === 'waiting';
    });
    this.chat.on('removed', (conversation) => {
      this.#notice(`you are no longer in ${plain(conversation.getSnapshot().title)}`);
      if (conversation === this.#open) this.#close();
    });
    this.chat.on('storageFailed', () => this.#notice('what is unsent cannot be kept on this disk'));
    this.chat.on('ended', (reason) => {
      if (reason === 'signed-out') return;
      this.#notice('this session has ended; sign in again');
      this.#exitCode = 1;
      this.terminal.close();
    });
  }

  /** What begins with a slash is said to nobody. */
  #typed(line: string): void {
    if (line === '' || line.startsWith('/')) this.#open?.stopTyping();
    else this.#open?.typing();
  }

  async #take(text: string): Promise<void> {
    const line = readLine(text);
    if (line.kind === 'nothing') this.terminal.setPrompt(this.#prompt());
    if (line.kind === 'command') await this.#do(line.name, line.words);
    if (line.kind === 'say') await this.#try(() => this.#say(line.text, text));
  }

  async #say(text: string, typed: string): Promise<void> {
    // With nothing open, a bare number can only mean a place in the list.
    if (this.#open === undefined && /^\d+$/.test(text)) {
      await this.#do('open', [text]);
      return;
    }
    const conversation = this.opened();
    this.terminal.takeBack(typed);
    const { key } = conversation.send(text);
    void this.#tellIfSlow(conversation, key, text);
  }

  async #tellIfSlow(conversation: Conversation, key: string, text: string): Promise<void> {
    await setTimeout(SENDING_NOTICE_MS, undefined, { ref: false });
    if (conversation.statusOf(key) === 'sending') this.#notice(`… sending: ${short(text)}`);
  }

  async #do(name: string, words: readonly string[]): Promise<void> {
    const command = Object.hasOwn(chatCommands, name) ? chatCommands[name] : undefined;
    if (command === undefined) this.print(`There is no /${plain(name)}; /help lists what there is.`);
    else await this.#try(() => command.run(this, words));
    if (!this.#isQuitting) this.terminal.setPrompt(this.#prompt());
  }

  async #try(act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const isPlain =
        error instanceof PlainError || error instanceof ApiError || error instanceof OutboxFullError;
      if (!isPlain) throw error;
      this.print(error.message);
    }
  }

  /** A line is printed once, so it waits a moment for the names in it, and those after it wait with it. */
  async #showAfter(before: Promise<void>, conversation: Conversation, message: ChatMessage): Promise<void> {
    await before;
    const enough = setTimeout(NAME_WAIT_MS, undefined, { ref: false });
    await Promise.race([this.chat.namesOf(message), enough]);
    if (conversation !== this.#open) return;
    const shown = conversation.getSnapshot().messages.findLast(({ seq }) => seq === message.seq);
    if (shown !== undefined) this.#show(shown);
  }

  #show(message: ChatMessage): void {
    const day = dayOf(message.sentAt);
    if (day !== this.#day) this.print(this.terminal.style.dim(`   ${day}`));
    this.#day = day;
    this.print(messageLine(message, this.nameOf, this.terminal.style));
  }

  /** What is there now and was not printed. Not by its being told of: that may have been before it was opened. */
  #showNews(conversation: Conversation, messages: readonly ChatMessage[]): void {
    const stored = messages.filter(({ seq = 0 }) => seq > this.#olderUpToSeq);
    const news = stored.filter(({ seq = 0 }) => !this.#printedSeqs.has(seq));
    if (news.length === 0) return;
    this.#printedSeqs = new Set(stored.map(({ seq = 0 }) => seq));
    for (const message of news) {
      this.#printing = this.#showAfter(this.#printing, conversation, message);
    }
    conversation.markRead();
  }

  /** Messages, ticks and refusals. */
  #changed(conversation: Conversation): void {
    const { messages, readPositions } = conversation.getSnapshot();
    this.#showNews(conversation, messages);
    const read = lastRead(messages)?.seq ?? 0;
    if (read > this.#readShown) {
      this.#readShown = read;
      const readers = [...readPositions].filter(([userId, seq]) => userId !== this.#myId && seq >= read);
      this.#notice(readersLine(readers.map(([userId]) => this.nameOf(userId))));
    }
    for (const { key, status, text, error } of messages) {
      if (status !== 'failed' || this.#failedShown.has(key)) continue;
      this.#failedShown.add(key);
      this.#notice(`! not sent: ${short(text)} (${error?.message ?? 'refused'})`);
    }
  }

  get #myId(): string | undefined {
    return this.chat.userId;
  }

  #prompt(): string {
    return this.#open === undefined ? '> ' : `${plain(this.#open.getSnapshot().title)}> `;
  }

  #close(): void {
    this.#forgetOpen();
    this.#open = undefined;
    this.terminal.setPrompt('> ');
  }

  #notice(text: string): void {
    this.print(this.terminal.style.dim(`   ${text}`));
  }

  /** What was typed last still goes out, or is kept for the next time; then this device signs out. */
  async #finish(): Promise<void> {
    const deadlineMs = performance.now() + QUIT_WAIT_MS;
    const isSending = () => this.chat.unsentCount > 0 && this.chat.connection.state === 'connected';
    while (isSending() && performance.now() < deadlineMs) await setTimeout(QUIT_POLL_MS);
    await this.chat.kept();
    tellUnsent(this);
    // The wait itself holds nobody back.
    const enough = setTimeout(SIGN_OUT_WAIT_MS, undefined, { ref: false });
    await Promise.race([this.chat.signOut().catch(() => undefined), enough]);
    this.chat.close();
  }
}

function lastRead(messages: readonly ChatMessage[]): ChatMessage | undefined {
  return messages.findLast(({ status }) => status === 'read');
}
