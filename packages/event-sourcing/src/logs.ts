import type {
  ConversationEvent,
  FileEvent,
  HiddenEvent,
  IdentityEvent,
  MembershipEvent,
  MessageEvent,
  OwnViewEvent,
  Position,
  PositionEvent,
  Positions,
} from '@parley/contracts';

export type ParleyEvent =
  | ConversationEvent
  | FileEvent
  | HiddenEvent
  | IdentityEvent
  | MembershipEvent
  | MessageEvent
  | OwnViewEvent
  | PositionEvent;

/** A kind of log: all logs of a kind live in one stream (or in one range of streams). */
export type LogName = 'conv' | 'user' | 'file';

/**
 * Where an event type is written. A lane is the tail of the subject; `numbered` lanes share one order, one
 * expectation and one dense `seq`; the others are outside that scope and commute.
 */
export interface Lane {
  readonly log: LogName;
  readonly lane: string;
  readonly numbered: boolean;
}

const control: Lane = { log: 'conv', lane: 'c', numbered: true };
const messages: Lane = { log: 'conv', lane: 'm', numbered: true };
const positions: Lane = { log: 'conv', lane: 'r.pos', numbered: false };
const account: Lane = { log: 'user', lane: 'a', numbered: true };
const file: Lane = { log: 'file', lane: 'a', numbered: true };
const ownView: Lane = { log: 'user', lane: 'v.conv', numbered: false };
const ownMessages: Lane = { log: 'user', lane: 'v.msg', numbered: false };

/** Every event type and its lane. A type without a row does not compile. */
export const eventLanes: { readonly [T in ParleyEvent['type']]: Lane } = {
  'conversation.started': control,
  'conversation.members-added': control,
  'conversation.member-joined': control,
  'conversation.member-removed': control,
  'conversation.member-left': control,
  'conversation.role-changed': control,
  'conversation.ownership-transferred': control,
  'conversation.updated': control,
  'conversation.settings-changed': control,
  'conversation.dissolved': control,
  'conversation.invite-created': control,
  'conversation.invite-revoked': control,
  'conversation.person-blocked': control,
  'conversation.person-unblocked': control,
  'message.sent': messages,
  'message.edited': messages,
  'message.deleted': messages,
  'message.reaction-added': messages,
  'message.reaction-removed': messages,
  'message.pinned': messages,
  'message.unpinned': messages,
  'message.positions-advanced': positions,
  'message.deliveries-advanced': positions,
  'message.hidden': ownMessages,
  'identity.account-registered': account,
  'identity.profile-changed': account,
  'identity.settings-changed': account,
  'identity.session-started': account,
  'identity.device-renamed': account,
  'identity.session-revoked': account,
  'conversation.membership-granted': ownView,
  'conversation.membership-ended': ownView,
  'conversation.preferences-changed': ownView,
  'conversation.draft-saved': ownView,
  'file.registered': file,
  'file.attached': file,
};

export function laneOf(type: string): Lane {
  const lane = eventLanes[type as ParleyEvent['type']];
  if (lane === undefined) throw new Error(`no lane is declared for the event type ${type}`);
  return lane;
}

/** A position as it leaves the system: which kind of log, and how far. */
export function formatPosition(log: LogName, position: number): Position {
  return `${log}-${position}`;
}

/** How far into a kind of log these positions reach; 0 where they speak of others only. */
export function positionIn(log: LogName, from: Positions | undefined): number {
  const own = (from?.split(',') ?? [])
    .map((position) => position.trim().split('-'))
    .filter(([name]) => name === log);
  return Math.max(0, ...own.map(([, value]) => Number(value)));
}
