import type { syncRoutes } from '@parley/contracts';

import { everyMember, type Row } from './rows.ts';

/** Everybody is told of their own conversations and of no others; see the stories of synchronising. */
export const syncRows: { readonly [Name in keyof typeof syncRoutes]: readonly Row[] } = {
  sync: [
    {
      place: 'group',
      ask: () => ({ query: { limit: '1' } }),
      changes: false,
      cells: { ...everyMember('ok'), stranger: 'ok', removed: 'ok', left: 'ok' },
    },
  ],
};
