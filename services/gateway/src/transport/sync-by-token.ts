import {
  getSettings,
  type Positions,
  type ResyncReason,
  type SyncPage,
  type UserId,
} from '@parley/contracts';
import { formatPosition } from '@parley/event-sourcing';

import type { LogStands } from '../queries/log-stands.ts';
import type { QueryBus } from '../queries/query-bus.ts';
import { edgeError, edgeOk, type EdgeResult, edgeResultOf } from './edge-error.ts';
import { type StagePart, stages, type Syncing } from './sync-stages.ts';
import {
  type Reach,
  type SyncPlace,
  type SyncStage,
  syncStages,
  type SyncStageName,
  type SyncTokens,
} from './sync-token.ts';

/** How many rows a page has unless the asker says. */
const ROW_COUNT_DEFAULT = 500;
const nothingYet: Reach = { conv: 0, user: 0 };

export interface SyncPorts {
  readonly queries: QueryBus;
  readonly tokens: SyncTokens;
  readonly stands: () => Promise<LogStands>;
}

export interface AskedPage {
  readonly userId: UserId;
  readonly token?: string | undefined;
  readonly limit?: number | undefined;
  readonly correlationId: string;
  readonly minPosition?: string | undefined;
}

/** One moment, as a token for each person. */
export interface StandingToken {
  readonly for: (userId: UserId) => string;
}

/** Tells devices what they have missed since the place that their token stands for, page by page. */
export class SyncByToken {
  readonly #ports: SyncPorts;

  constructor(ports: SyncPorts) {
    this.#ports = ports;
  }

  /** A token that stands for now: good for whoever hears everything from here on. */
  async now(userId: UserId): Promise<string> {
    return (await this.stand()).for(userId);
  }

  /** The same for many people: the logs are asked once. */
  async stand(): Promise<StandingToken> {
    const place = placeAt(await this.#ports.stands());
    return { for: (userId) => this.#ports.tokens.sign(userId, place) };
  }

  /** Whether a token is whole, and this person's. */
  isGood(token: string, userId: UserId): boolean {
    return this.#ports.tokens.open(token, userId) !== undefined;
  }

  /**
   * A page after a token; without one, the first of everything. `READ_MODEL_BEHIND` where what was stored before
   * this call is not in the read models in time.
   */
  async page(asked: AskedPage): Promise<EdgeResult<SyncPage>> {
    const { userId, token, correlationId } = asked;
    const given = token === undefined ? undefined : this.#ports.tokens.open(token, userId);
    if (token !== undefined && given === undefined) return badToken();
    const stands = await this.#ports.stands();
    const resyncRequired = given === undefined ? null : reasonToStartOver(given, stands);
    const place: SyncPlace =
      given === undefined || resyncRequired !== null ? { ...placeAt(stands), from: nothingYet } : given;
    const { to, stage } = place.next ?? { to: reachOf(stands), stage: { name: stagesFrom(place.from)[0] } };

    const minPosition = [positionsOf(to), asked.minPosition].filter((one) => one !== undefined).join(',');
    const asking = { actorId: userId, correlationId, minPosition };
    const syncing = { queries: this.#ports.queries, userId, asking, from: place.from, to };
    const [read, settings] = await Promise.all([
      readPage(syncing, stage, asked.limit ?? ROW_COUNT_DEFAULT),
      place.next === undefined ? this.#settingsOf(userId, correlationId) : edgeOk(null),
    ]);
    if (!read.ok) return read;
    if (!settings.ok) return settings;
    const { page, next } = read.data;
    const after =
      next === undefined ? { epochs: place.epochs, from: to } : { ...place, next: { to, stage: next } };
    return edgeOk({
      ...page,
      token: this.#ports.tokens.sign(userId, after),
      hasMore: next !== undefined,
      resyncRequired,
      settings: settings.data,
    });
  }

  async #settingsOf(userId: UserId, correlationId: string) {
    const found = edgeResultOf(
      await this.#ports.queries.ask(getSettings, { userId }, { actorId: userId, correlationId }),
    );
    return found.ok ? edgeOk(found.data.settings) : found;
  }
}

type Told = Omit<SyncPage, 'token' | 'hasMore' | 'resyncRequired' | 'settings'>;

/** Stage after stage until the page is full: a short absence is one page, whatever happened. */
async function readPage(
  syncing: Syncing,
  first: SyncStage,
  limit: number,
): Promise<EdgeResult<{ readonly page: Told; readonly next: SyncStage | undefined }>> {
  const page: Told = { conversations: [], messages: [], removed: [], positions: [], hidden: [] };
  let stage: SyncStage | undefined = first;
  let left = limit;
  while (stage !== undefined && left > 0) {
    const part: EdgeResult<StagePart> = await stages[stage.name](syncing, stage, left);
    if (!part.ok) return part;
    const { told, rowCount, next, isFull }: StagePart = part.data;
    page.conversations.push(...(told.conversations ?? []));
    page.messages.push(...(told.messages ?? []));
    page.removed.push(...(told.removed ?? []));
    page.positions.push(...(told.positions ?? []));
    page.hidden.push(...(told.hidden ?? []));
    left -= isFull ? left : rowCount;
    stage = next ?? stageAfter(stage, syncing.from);
  }
  return edgeOk({ page, next: stage });
}

/** From nothing, every conversation is told whole; what is not told is not the person's. */
function stagesFrom(from: Reach): readonly [SyncStageName, ...SyncStageName[]] {
  return from.conv === 0 && from.user === 0 ? ['messages'] : syncStages;
}

function stageAfter({ name }: SyncStage, from: Reach): SyncStage | undefined {
  const all = stagesFrom(from);
  const next = all[all.indexOf(name) + 1];
  return next && { name: next };
}

function placeAt(stands: LogStands): SyncPlace {
  return { epochs: { conv: stands.conv.createdAt, user: stands.user.createdAt }, from: reachOf(stands) };
}

function reachOf({ conv, user }: LogStands): Reach {
  return { conv: conv.position, user: user.position };
}

function positionsOf({ conv, user }: Reach): Positions {
  return `${formatPosition('conv', conv)},${formatPosition('user', user)}`;
}

/** Positions of streams that are there no more, or that end before them: they were restored from a copy. */
function reasonToStartOver(
  { epochs, from, next }: SyncPlace,
  { conv, user }: LogStands,
): ResyncReason | null {
  if (epochs.conv !== conv.createdAt || epochs.user !== user.createdAt) return 'EPOCH';
  const { conv: convTo, user: userTo } = next?.to ?? from;
  return convTo > conv.position || userTo > user.position ? 'GAP' : null;
}

export function badToken() {
  const details = { fields: [{ field: 'token', message: 'must be one from an earlier answer' }] };
  return edgeError('VALIDATION_FAILED', 'The request is not as it should be.', { details });
}
