import type { presenceRoutes } from '@parley/contracts';

import type { Row } from './rows.ts';

/** Who is not to be seen is left out of an answer that is otherwise the same, so there is nothing to refuse. */
export const presenceRows: { readonly [Name in keyof typeof presenceRoutes]: readonly Row[] } = {
  getPresence: [
    { place: 'nowhere', why: 'strangers are left out of the answer; see the stories of presence' },
  ],
};
