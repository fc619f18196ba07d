import { z } from 'zod';

import { defineQuery, PageLimit, pageOf } from '../kernel/query.ts';
import { isSoundText, SessionId, UserId } from '../kernel/scalars.ts';
import { DeviceView, PersonView, PersonalSettingsAt } from './views.ts';

/** The public halves of the keys that sign access tokens. */
export const getKeys = defineQuery({
  type: 'identity.get-keys',
  input: z.strictObject({}),
  answer: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  rejections: [],
});

export const listDevices = defineQuery({
  type: 'identity.list-devices',
  input: z.strictObject({ userId: UserId, sessionId: SessionId }),
  answer: z.object({ data: z.array(DeviceView) }),
  rejections: [],
});

export const getPerson = defineQuery({
  type: 'identity.get-person',
  input: z.strictObject({ userId: UserId }),
  answer: PersonView,
  rejections: ['person-not-found'],
});

/** What a person has chosen: for themselves, and for the gateway that acts in their name. */
export const getSettings = defineQuery({
  type: 'identity.get-settings',
  input: z.strictObject({ userId: UserId }),
  answer: PersonalSettingsAt,
  rejections: ['person-not-found'],
});

/** People of the tenant whose user name or display name starts with the text. */
export const listPeople = defineQuery({
  type: 'identity.list-people',
  input: z.strictObject({
    q: z.string().max(60).refine(isSoundText, 'must be well-formed Unicode without NUL').default(''),
    limit: PageLimit,
    cursor: z.string().max(512).optional(),
  }),
  answer: pageOf(PersonView),
  rejections: [],
});

export const identityQueries = [getKeys, listDevices, getPerson, getSettings, listPeople] as const;
export type IdentityQueryContract = (typeof identityQueries)[number];
