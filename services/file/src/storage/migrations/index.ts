import type { Migrations } from '@parley/postgres';

import * as files from './0001-files.ts';

/** In the order of their names; one that has run anywhere is never changed. */
export const migrations: Migrations = { '0001-files': files };
