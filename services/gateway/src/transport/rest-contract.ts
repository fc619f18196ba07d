import type {
  BodyOf,
  ParamsOf,
  Position,
  RouteAnswerOf,
  RouteName,
  Routes,
  SearchOf,
} from '@parley/contracts';

import type { Acting } from '../commands/acting.ts';
import type { ChangeCommands } from '../commands/change-commands.ts';
import type { FileCommands } from '../commands/file-commands.ts';
import type { ForwardCommands } from '../commands/forward-commands.ts';
import type { ChatCommands } from '../commands/chat-commands.ts';
import type { InviteCommands } from '../commands/invite-commands.ts';
import type { OwnViewCommands } from '../commands/own-view-commands.ts';
import type { ConversationCommands } from '../commands/conversation-commands.ts';
import type { ReceiptCommands } from '../commands/receipt-commands.ts';
import type { PersonSettings } from '../queries/person-settings.ts';
import type { Asking, QueryBus } from '../queries/query-bus.ts';
import type { Identity } from './client-session.ts';
import type { CursorSigner } from './cursor.ts';
import { edgeOk, type EdgeResult } from './edge-error.ts';
import type { SyncByToken } from './sync-by-token.ts';

/** A parsed request: what the route's contract declares, and who asks. */
export interface RestRequest<Name extends RouteName> {
  readonly params: ParamsOf<Routes[Name]>;
  readonly query: SearchOf<Routes[Name]>;
  readonly body: BodyOf<Routes[Name]>;
  /** The signed-in person; only a route with `auth: 'session'` has one. */
  readonly identity: Routes[Name]['auth'] extends 'session' ? Identity : undefined;
  readonly asking: Asking;
  readonly idempotencyKey: string | undefined;
  readonly address: string;
}

export type RestHandler<Name extends RouteName> = (
  request: RestRequest<Name>,
) => Promise<EdgeResult<RouteAnswerOf<Routes[Name]> | undefined>>;

export type RestHandlers<Names extends RouteName = RouteName> = {
  readonly [Name in Names]: RestHandler<Name>;
};

export interface RestPorts {
  readonly chat: ChatCommands;
  readonly changes: ChangeCommands;
  readonly ownView: OwnViewCommands;
  readonly conversations: ConversationCommands;
  readonly invites: InviteCommands;
  readonly receipts: ReceiptCommands;
  readonly forwards: ForwardCommands;
  readonly files: FileCommands;
  readonly queries: QueryBus;
  readonly settings: PersonSettings;
  readonly cursors: CursorSigner;
  readonly sync: SyncByToken;
}

/** Who acts by a request. */
export function actingOf(request: {
  readonly identity: Identity;
  readonly asking: { readonly correlationId: string };
  readonly idempotencyKey: string | undefined;
}): Acting {
  return {
    identity: request.identity,
    correlationId: request.asking.correlationId,
    idempotencyKey: request.idempotencyKey,
  };
}

/** A write that answers with no more than its position. */
export function writtenOf(result: EdgeResult): EdgeResult<{ position: Position }> {
  return result.ok ? edgeOk({ position: result.position as Position }, result.position) : result;
}
