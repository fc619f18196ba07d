import type { Migrations } from '@parley/postgres';

import * as readModels from './0001-read-models.ts';
import * as changes from './0002-changes.ts';
import * as receipts from './0003-receipts.ts';
import * as messageCounts from './0004-message-counts.ts';
import * as searchIndex from './0005-search-index.ts';
import * as reactionsAndPins from './0006-reactions-and-pins.ts';
import * as searchByTime from './0007-search-by-time.ts';
import * as content from './0008-content.ts';
import * as hiddenMessages from './0009-hidden-messages.ts';
import * as systemMessages from './0010-system-messages-and-kept-history.ts';
import * as stickerCounts from './0011-sticker-counts.ts';
import * as longSearchIndex from './0012-long-search-index.ts';
import * as logPositions from './0013-log-positions.ts';

/** In the order of their names; one that has run anywhere is never changed. */
export const migrations: Migrations = {
  '0001-read-models': readModels,
  '0002-changes': changes,
  '0003-receipts': receipts,
  '0004-message-counts': messageCounts,
  '0005-search-index': searchIndex,
  '0006-reactions-and-pins': reactionsAndPins,
  '0007-search-by-time': searchByTime,
  '0008-content': content,
  '0009-hidden-messages': hiddenMessages,
  '0010-system-messages-and-kept-history': systemMessages,
  '0011-sticker-counts': stickerCounts,
  '0012-long-search-index': longSearchIndex,
  '0013-log-positions': logPositions,
};
