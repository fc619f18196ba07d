import { expect, test } from 'vitest';

import {
  DeviceDescription,
  Draft,
  GroupDescription,
  GroupName,
  listConversations,
  listPeople,
  MessageText,
  TextEntity,
} from '../src/index.ts';

const link = (url: string) => ({ type: 'link', offset: 0, length: 1, url });

// What a database cannot hold would be accepted, stored in the log, and then missing from every list.
test.each(['\u0000', '\ud800', 'a\udc00'])('no text that is kept may contain %j', (bad) => {
  expect(MessageText.safeParse(`chào ${bad}`).success).toBe(false);
  expect(TextEntity.safeParse(link(`https://parley.example/${bad}`)).success).toBe(false);
  expect(Draft.safeParse({ text: `chào ${bad}` }).success).toBe(false);
  expect(listConversations.input.pick({ q: true }).safeParse({ q: bad }).success).toBe(false);
  expect(GroupName.safeParse(`Hà Nội${bad}`).success).toBe(false);
  expect(GroupDescription.safeParse(`phở${bad}`).success).toBe(false);
  expect(DeviceDescription.safeParse({ version: `1${bad}` }).success).toBe(false);
  expect(listPeople.input.safeParse({ q: bad }).success).toBe(false);
});

test('a link and a description in any script are kept', () => {
  expect(TextEntity.safeParse(link('https://vi.wikipedia.org/wiki/Phở?x=🙂')).success).toBe(true);
  expect(GroupDescription.safeParse('Hà Nội 🙂\nhai dòng').success).toBe(true);
});
