import type { identityRoutes } from '@parley/contracts';

import type { Row } from './rows.ts';

const own = (why: string): readonly Row[] => [{ place: 'nowhere', why }];

/** Nothing here is about a conversation: each is the asker's own, or open. */
export const identityRows: { readonly [Name in keyof typeof identityRoutes]: readonly Row[] } = {
  register: own('open to anybody'),
  signIn: own('open to anybody'),
  refresh: own('whoever holds the token'),
  signOut: own('the own session'),
  getMe: own('oneself'),
  changeMe: own('oneself'),
  getSettings: own('oneself'),
  changeSettings: own('oneself'),
  getKeys: own('open to anybody'),
  listDevices: own('the own devices'),
  setPush: own('this device'),
  renameDevice: own('the own devices; a stranger’s is not found, see the stories of sessions'),
  endDevice: own('the own devices; a stranger’s is not found, see the stories of sessions'),
  endOtherDevices: own('the own devices'),
  listPeople: own('public names'),
  getPerson: own('public names'),
};
