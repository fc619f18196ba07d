import type { Chat, Conversation, PresenceSnapshot } from '@parley/client';

import { clock, plain } from './render.ts';

/** In greater groups somebody comes or goes all the time; /who says it there. */
const NOTICED_PEOPLE_COUNT_MAX = 10;

export interface LiveNoticesParts {
  readonly chat: Chat;
  readonly nameOf: (userId: string) => string;
  readonly notice: (text: string) => void;
}

/** Says who comes and goes and who is writing in the conversation that is on the screen; ends with what it answers. */
export function noticeLive(conversation: Conversation, parts: LiveNoticesParts): () => void {
  const stops = [noticePresence(conversation, parts), noticeTyping(conversation, parts)];
  return () => {
    for (const stop of stops) stop();
  };
}

function noticePresence(conversation: Conversation, { chat, nameOf, notice }: LiveNoticesParts): () => void {
  const looks = new Map<string, () => void>();
  const lookAt = (userId: string) => {
    const person = chat.presence.of(userId);
    return person.subscribe(() => {
      const text = presenceText(person.getSnapshot());
      const isNoticed = looks.size <= NOTICED_PEOPLE_COUNT_MAX;
      if (isNoticed && text !== '') notice(`${plain(nameOf(userId))} is ${text}`);
    });
  };
  const lookAtMembers = () => {
    const members = conversation.getSnapshot().members ?? new Map<string, unknown>();
    for (const userId of members.keys()) {
      if (userId !== chat.tokens?.userId && !looks.has(userId)) looks.set(userId, lookAt(userId));
    }
    for (const [userId, stop] of looks) {
      if (members.has(userId)) continue;
      stop();
      looks.delete(userId);
    }
  };
  lookAtMembers();
  const forget = conversation.subscribe(lookAtMembers);
  return () => {
    forget();
    for (const stop of looks.values()) stop();
  };
}

function noticeTyping({ typingPeople }: Conversation, { nameOf, notice }: LiveNoticesParts): () => void {
  let writing: readonly string[] = [];
  return typingPeople.subscribe(() => {
    const now = typingPeople.getSnapshot();
    for (const userId of now) if (!writing.includes(userId)) notice(`${plain(nameOf(userId))} is writing …`);
    writing = now;
  });
}

/** `online`, `away, last seen 12:30`; empty where it is not known. */
export function presenceText({ status, lastSeenAt }: PresenceSnapshot): string {
  if (status === 'unknown') return '';
  return lastSeenAt === null ? status : `${status}, last seen ${clock(lastSeenAt)}`;
}
