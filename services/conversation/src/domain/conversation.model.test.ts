import { type Role, type SettingsChange, timestampOf, type UserId, withSettings } from '@parley/contracts';
import * as fc from 'fast-check';
import { test } from 'vitest';

import {
  act,
  codeHashOf,
  expectAgreementWhatever,
  inviteId,
  joins,
  MINUTE_MS,
  optional,
  person,
} from '../../test/conversation-acts.ts';
import {
  type Act,
  type ActStep,
  change,
  type Expected,
  type Model,
  nothing,
  ranks,
  roles,
  startMs,
} from '../../test/conversation-model.ts';
import { blockers, nobody, people } from '../../test/conversation-service.ts';

const anybody = fc.constantFrom(...people, ...people, nobody);
const role = fc.constantFrom(...roles);
const memberLimit = fc.integer({ min: 2, max: people.length });

/** The same for what only somebody inside an open group may do, from some rank on. */
function actInside<Data extends object>(
  type: Act['type'],
  data: fc.Arbitrary<Data>,
  rule: (model: Model, own: { readonly userId: UserId; readonly role: Role }, data: Data) => Expected,
): fc.Arbitrary<ActStep> {
  return act(type, data, (model, userId, asked) => {
    const own = model.roles.get(userId);
    if (own === undefined) return 'conversation-not-found';
    if (model.phase === 'over') return 'conversation-dissolved';
    return rule(model, { userId, role: own }, asked);
  });
}

const ownerCount = (model: Model) => [...model.roles.values()].filter((one) => one === 'owner').length;
const mayLetIn = ({ settings }: Model, own: Role) =>
  settings.membersCanInvite || ranks[own] >= ranks.moderator;

/** What is said of a group that begins, with so many named at least. */
const openingOf = (minLength: number, limit: fc.Arbitrary<number | undefined>) =>
  fc.record({
    name: fc.constantFrom('Hà Nội', 'Huế'),
    description: optional(fc.constant('phở')),
    settings: limit.map((one): SettingsChange | undefined => (one ? { memberLimit: one } : undefined)),
    memberIds: fc.array(minLength === 0 ? anybody : person, { minLength, maxLength: 5 }),
  });

const openings = (data: ReturnType<typeof openingOf>) =>
  act('conversation.start-group', data, (model, actorId, { name, description, settings, memberIds }) => {
    const named = [...new Set([actorId, ...memberIds])];
    const opening = JSON.stringify([actorId, name, description, settings, named.toSorted()]);
    if (model.opening !== undefined) return model.opening === opening ? nothing : 'idempotency-key-reused';
    if (named.includes(nobody)) return 'person-not-found';
    const comes = named.filter((userId) => blockers.get(userId) !== actorId);
    if (comes.length > (settings?.memberLimit ?? 500)) return 'conversation-full';
    return change(() => {
      model.phase = 'open';
      model.opening = opening;
      for (const userId of comes) model.roles.set(userId, userId === actorId ? 'owner' : 'member');
      Object.assign(model.about, { name, description: description ?? '' });
      model.settings = withSettings(model.settings, settings ?? {});
    });
  });

const begins = openings(openingOf(2, fc.constant(undefined)));
const opens = openings(openingOf(0, optional(memberLimit)));

const adds = actInside(
  'conversation.add-members',
  fc.record({ userIds: fc.array(anybody, { minLength: 1, maxLength: 3 }) }),
  (model, own, { userIds }) => {
    if (!mayLetIn(model, own.role)) return 'role-too-low';
    if (userIds.includes(nobody)) return 'person-not-found';
    const comes = userIds.filter((userId) => blockers.get(userId) !== own.userId);
    const newIds = new Set(comes.filter((userId) => !model.roles.has(userId)));
    if (newIds.size === 0) return nothing;
    if (model.roles.size + newIds.size > model.settings.memberLimit) return 'conversation-full';
    return change(() => newIds.forEach((userId) => model.roles.set(userId, 'member')));
  },
);

const removes = actInside(
  'conversation.remove-member',
  fc.record({ userId: person }),
  (model, own, { userId }) => {
    const goes = change(() => void model.roles.delete(userId));
    if (userId === own.userId) return own.role === 'owner' ? 'leave-instead' : goes;
    if (ranks[own.role] < ranks.moderator) return 'role-too-low';
    const target = model.roles.get(userId);
    if (target === undefined) return 'member-not-found';
    return own.role === 'owner' || ranks[own.role] > ranks[target] ? goes : 'role-too-low';
  },
);

const leaves = actInside('conversation.leave', fc.constant({}), (model, own) => {
  const isLastOwner = own.role === 'owner' && ownerCount(model) === 1;
  if (isLastOwner && model.roles.size > 1) return 'last-owner';
  if (model.roles.size > 1) return change(() => void model.roles.delete(own.userId));
  // A group ends with the last one in it.
  return change(() => {
    model.roles.clear();
    model.phase = 'over';
  }, 2);
});

const raises = actInside(
  'conversation.change-role',
  fc.record({ userId: person, role }),
  (model, own, asked) => {
    if (ranks[own.role] < ranks.admin) return 'role-too-low';
    const target = model.roles.get(asked.userId);
    if (target === undefined) return 'member-not-found';
    if (own.role === 'admin') {
      if (ranks[asked.role] >= ranks.admin) return 'role-too-low';
      if (ranks[target] >= ranks.admin && asked.userId !== own.userId) return 'role-too-low';
    }
    if (target === asked.role) return nothing;
    if (target === 'owner' && ownerCount(model) === 1) return 'last-owner';
    return change(() => void model.roles.set(asked.userId, asked.role));
  },
);

const handsOver = actInside(
  'conversation.transfer-ownership',
  fc.record({ userId: person }),
  (model, own, asked) => {
    if (own.role !== 'owner') return 'role-too-low';
    if (!model.roles.has(asked.userId)) return 'member-not-found';
    if (asked.userId === own.userId) return nothing;
    return change(() => model.roles.set(own.userId, 'admin').set(asked.userId, 'owner'));
  },
);

const updates = actInside(
  'conversation.update',
  fc.record({
    name: optional(fc.constantFrom('Hà Nội', 'Huế')),
    description: optional(fc.constantFrom('', 'phở')),
    settings: optional(
      fc.record(
        {
          privacy: fc.constantFrom('public', 'private', 'invite-only'),
          membersCanInvite: fc.boolean(),
          memberLimit,
        } as const,
        { requiredKeys: [] },
      ),
    ),
  }),
  (model, own, { name = model.about.name, description = model.about.description, settings = {} }) => {
    if (ranks[own.role] < ranks.admin) return 'role-too-low';
    const isSame = name === model.about.name && description === model.about.description;
    const after = withSettings(model.settings, settings);
    const isUnset = JSON.stringify(after) === JSON.stringify(model.settings);
    return change(
      () => {
        model.settings = after;
        if (!isSame) Object.assign(model.about, { name, description });
      },
      (isSame ? 0 : 1) + (isUnset ? 0 : 1),
    );
  },
);

const dissolves = act('conversation.dissolve', fc.constant({}), (model, actorId) => {
  const own = model.roles.get(actorId);
  if (own === undefined) return 'conversation-not-found';
  if (own !== 'owner') return 'role-too-low';
  return model.phase === 'over' ? nothing : change(() => void (model.phase = 'over'));
});

const invites = actInside(
  'conversation.create-invite',
  fc
    .record({
      inviteId,
      expiresAt: fc.constantFrom(
        undefined,
        timestampOf(startMs + MINUTE_MS),
        timestampOf(startMs + 100 * MINUTE_MS),
      ),
      useCountMax: fc.constantFrom(undefined, 1, 2),
    })
    .map((terms) => ({ ...terms, codeHash: codeHashOf(terms.inviteId) })),
  (model, own, { inviteId: id, expiresAt, useCountMax }) => {
    if (!mayLetIn(model, own.role)) return 'role-too-low';
    if (model.settings.privacy === 'private') return 'invites-closed';
    const terms = JSON.stringify([expiresAt, useCountMax]);
    const known = model.invites.get(id);
    if (known) return known.terms === terms ? nothing : 'idempotency-key-reused';
    const endsAtMs = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
    if (endsAtMs <= model.nowMs) return 'invite-ends-before-it-begins';
    const usesLeft = useCountMax ?? Number.POSITIVE_INFINITY;
    const invite = { createdBy: own.userId, terms, endsAtMs, usesLeft, isRevoked: false };
    return change(() => void model.invites.set(id, invite));
  },
);

const revokes = actInside('conversation.revoke-invite', fc.record({ inviteId }), (model, own, asked) => {
  const invite = model.invites.get(asked.inviteId);
  if (ranks[own.role] < ranks.moderator && invite?.createdBy !== own.userId) return 'role-too-low';
  if (invite === undefined) return 'invite-not-found';
  return invite.isRevoked ? nothing : change(() => void (invite.isRevoked = true));
});

const seed = Date.now() % 2 ** 31;

test(
  `whatever people do to a group, the rules and the log agree with them (seed ${seed})`,
  { timeout: 60_000 },
  async () => {
    const group = [begins, opens, updates, updates, dissolves, invites, invites, revokes];
    const members = [
      adds,
      adds,
      adds,
      removes,
      leaves,
      raises,
      raises,
      raises,
      handsOver,
      joins,
      joins,
      joins,
    ];
    await expectAgreementWhatever({ first: begins, acts: [...group, ...members] }, seed);
  },
);
