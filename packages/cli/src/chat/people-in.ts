import type { PersonView } from '@parley/contracts';

import type { ChatRoom } from './chat-room.ts';
import { namesIn } from './line.ts';
import { PlainError } from './plain-error.ts';

/** Who is meant by the words with an @ in front. */
export async function peopleIn(room: ChatRoom, words: readonly string[]): Promise<readonly PersonView[]> {
  const people: PersonView[] = [];
  for (const username of namesIn(words).usernames) {
    const found = await room.chat.findPeople(username);
    const person = found.find((one) => one.username === username);
    if (person === undefined) throw new PlainError(`There is nobody called @${username}.`);
    people.push(person);
  }
  return people;
}
