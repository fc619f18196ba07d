import type { Migrations } from '@parley/postgres';

import * as readModels from './0001-read-models.ts';
import * as ownView from './0002-own-view.ts';
import * as groupDetails from './0003-group-details.ts';
import * as blocks from './0004-blocks.ts';
import * as invites from './0005-invites.ts';
import * as hiddenMessages from './0006-hidden-messages.ts';
import * as activityOrder from './0007-activity-order.ts';
import * as avatars from './0008-avatars.ts';
import * as messageStretches from './0009-message-stretches.ts';
import * as logPositions from './0010-log-positions.ts';

/** In the order of their names; one that has run anywhere is never changed. */
export const migrations: Migrations = {
  '0001-read-models': readModels,
  '0002-own-view': ownView,
  '0003-group-details': groupDetails,
  '0004-blocks': blocks,
  '0005-invites': invites,
  '0006-hidden-messages': hiddenMessages,
  '0007-activity-order': activityOrder,
  '0008-avatars': avatars,
  '0009-message-stretches': messageStretches,
  '0010-log-positions': logPositions,
};
