import { newUuidV7 } from '@parley/contracts';
import type { Person, Place, World } from '@parley/testing';

/** Where somebody may stand to a group. */
export const groupRoles = ['stranger', 'removed', 'left', 'member', 'moderator', 'admin', 'owner'] as const;
export type GroupRole = (typeof groupRoles)[number];

/** Where somebody may stand to a direct chat. */
export const directRoles = ['stranger', 'peer'] as const;
export type DirectRole = (typeof directRoles)[number];

export type RoleName = GroupRole | DirectRole;

/** Everybody who tries, and those on whom it is tried. They are the same in every scene. */
export interface Cast {
  readonly actors: { readonly [R in RoleName]: Person };
  /** Plain members of the groups. */
  readonly target: Person;
  readonly targetModerator: Person;
  readonly targetAdmin: Person;
  /** In no group. */
  readonly outsider: Person;
}

/** One conversation with everybody in their place, and a message of each kind of author. */
export interface Scene {
  readonly cast: Cast;
  readonly conversationId: string;
  readonly messageIds: { readonly [Author in 'member' | 'moderator' | 'admin']: string };
}

export async function castOf(world: World): Promise<Cast> {
  const [stranger, removed, left, member, moderator] = await world.people(
    'Sơn',
    'Em',
    'Giang',
    'Dũng',
    'Chi',
  );
  const [admin, owner, peer] = await world.people('Bình', 'An', 'Hà');
  const [target, targetModerator, targetAdmin, outsider] = await world.people('Lan', 'Minh', 'Nga', 'Oanh');
  return {
    actors: { stranger, removed, left, member, moderator, admin, owner, peer },
    target,
    targetModerator,
    targetAdmin,
    outsider,
  };
}

export async function groupScene(cast: Cast): Promise<Scene> {
  const { actors, target, targetModerator, targetAdmin } = cast;
  const { owner, removed, left, member, moderator, admin } = actors;
  const others = [removed, left, member, moderator, admin, target, targetModerator, targetAdmin];
  const place = await owner.startsGroup('Hà Nội', { with: others });
  const raise = async (person: Person, role: 'admin' | 'moderator') => {
    const params = { id: place.conversationId, userId: person.userId };
    await owner.api.call('changeRole', { params, body: { role } });
  };
  await raise(admin, 'admin');
  await raise(targetAdmin, 'admin');
  await raise(moderator, 'moderator');
  await raise(targetModerator, 'moderator');
  const messageIds = {
    member: await say(target, place),
    moderator: await say(targetModerator, place),
    admin: await say(targetAdmin, place),
  };
  await left.leaves(place);
  const minPosition = await owner.removes(removed, { from: place });
  // The read models have all of it before anybody looks.
  await owner.api.call('getConversation', { params: { id: place.conversationId }, minPosition });
  await owner.api.call('getMessage', { params: { id: messageIds.admin }, minPosition });
  return { cast, conversationId: place.conversationId, messageIds };
}

export async function directScene(cast: Cast): Promise<Scene> {
  const place = await cast.target.startsDirect(cast.actors.peer);
  const messageId = await say(cast.target, place);
  return {
    cast,
    conversationId: place.conversationId,
    messageIds: { member: messageId, moderator: messageId, admin: messageId },
  };
}

/** A message of somebody's, by REST: the SDK of who is tried stays out of it. */
export async function say(
  person: Person,
  { conversationId }: Pick<Place, 'conversationId'>,
): Promise<string> {
  const body = { conversationId, clientMessageId: newUuidV7(), content: 'Chào cả nhà' };
  const { message, position } = await person.api.call('sendText', { body });
  await person.api.call('getMessage', { params: { id: message.messageId }, minPosition: position });
  return message.messageId;
}
