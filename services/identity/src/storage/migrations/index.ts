import type { Migration } from 'kysely/migration';

import * as accounts from './0001-accounts.ts';
import * as deviceActivity from './0002-device-activity.ts';

/** The schema of identity, step by step. A step that has run anywhere is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-accounts': accounts,
  '0002-device-activity': deviceActivity,
};
