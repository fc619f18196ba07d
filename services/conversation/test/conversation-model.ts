import { deepStrictEqual, ok as isTrue, strictEqual } from 'node:assert/strict';

import {
  type ConversationSettings,
  defaultSettings,
  type InviteId,
  newId,
  ok,
  type Outcome,
  refused,
  type Role,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import type * as fc from 'fast-check';

import type { ConversationCommand } from '../src/commands/conversation-commands.ts';
import { hanoi, people, type Service } from './conversation-service.ts';

export const inviteIds = Array.from({ length: 4 }, () => newId<InviteId>('inv'));
export const roles: readonly Role[] = ['owner', 'admin', 'moderator', 'member'];
export const ranks: Readonly<Record<Role, number>> = { owner: 3, admin: 2, moderator: 1, member: 0 };
export const startMs = Date.parse('2026-11-21T08:00:00.000Z');

const BETWEEN_ACTS_MS = 1_000;

export interface PlainInvite {
  readonly createdBy: UserId;
  readonly terms: string;
  readonly endsAtMs: number;
  usesLeft: number;
  isRevoked: boolean;
}

/** What people would say of the conversation: who is in it, what goes there, how one comes in. */
export interface Model {
  nowMs: number;
  phase: 'before' | 'open' | 'over';
  /** Everything that makes an opening this one and no other. */
  opening: string | undefined;
  readonly roles: Map<UserId, Role>;
  readonly blocked: Set<UserId>;
  readonly about: { name: string | undefined; description: string };
  settings: ConversationSettings;
  readonly invites: Map<InviteId, PlainInvite>;
  /** What was asked and did something, and what was answered. */
  readonly done: { readonly command: ConversationCommand; readonly outcome: Outcome }[];
}

export function nothingYet(): Model {
  return {
    nowMs: startMs,
    phase: 'before',
    opening: undefined,
    roles: new Map(),
    blocked: new Set(),
    about: { name: undefined, description: '' },
    settings: defaultSettings,
    invites: new Map(),
    done: [],
  };
}

/** What is expected of an act: the name of a refusal, or how many events it is and what it changes. */
export type Expected = string | { readonly eventCount: number; readonly apply?: () => void };

export const nothing: Expected = { eventCount: 0 };
export const change = (apply: () => void, eventCount = 1): Expected => ({ eventCount, apply });

export type Act = {
  readonly actorId: UserId;
  readonly type: ConversationCommand['type'];
  readonly data: object;
  readonly rule: (model: Model) => Expected;
};

/** Somebody does something: what comes of it is what was to be expected, and the same again changes nothing. */
export class ActStep implements fc.AsyncCommand<Model, Service> {
  readonly #act: Act;

  constructor(act: Act) {
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Service): Promise<void> {
    model.nowMs += BETWEEN_ACTS_MS;
    const { type, actorId, data, rule } = this.#act;
    const command = commandOf({ type, actorId, data, nowMs: model.nowMs });
    const countBefore = await real.eventCount();
    const expected = rule(model);

    const outcome = await real.handle(command);

    const eventCount = typeof expected === 'string' ? 0 : expected.eventCount;
    const seq = countBefore + eventCount;
    strictEqual(await real.eventCount(), seq);
    deepStrictEqual(
      outcome,
      typeof expected === 'string' ? refused(expected) : ok({ conversationId: hanoi, seq }, `conv-${seq}`),
    );
    if (typeof expected !== 'string') expected.apply?.();
    if (eventCount > 0) model.done.push({ command, outcome });
    await expectAgreement(model, real);

    deepStrictEqual(await real.handle(command, new Date(0)), outcome);
    strictEqual(await real.eventCount(), seq);
  }

  toString(): string {
    const { type, actorId, data } = this.#act;
    return `${people.indexOf(actorId)} ${type} ${JSON.stringify(data)}`;
  }
}

/** Something else that happens: time passes, a service starts again, an old command is delivered once more. */
export class Happening implements fc.AsyncCommand<Model, Service> {
  readonly #name: string;
  readonly #happen: (model: Model, real: Service) => Promise<void>;

  constructor(name: string, happen: (model: Model, real: Service) => Promise<void>) {
    this.#name = name;
    this.#happen = happen;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Service): Promise<void> {
    const countBefore = await real.eventCount();
    await this.#happen(model, real);
    strictEqual(await real.eventCount(), countBefore);
    await expectAgreement(model, real);
  }

  toString(): string {
    return this.#name;
  }
}

function commandOf(asked: {
  readonly type: string;
  readonly actorId: UserId;
  readonly data: object;
  readonly nowMs: number;
}): ConversationCommand {
  const { type, actorId, data, nowMs } = asked;
  return {
    type,
    data: { conversationId: hanoi, ...data },
    meta: {
      commandId: `command-${nowMs}`,
      tenant: 'main' as Tenant,
      actorId,
      at: timestampOf(nowMs),
      correlationId: 'model',
    },
  } as ConversationCommand;
}

const statuses = { before: 'not-started', open: 'active', over: 'dissolved' } as const;

async function expectAgreement(model: Model, real: Service): Promise<void> {
  const { membership, about, invites } = await real.state();
  strictEqual(membership.status, statuses[model.phase]);
  deepStrictEqual(membership.blockedIds, model.blocked);
  if (membership.status === 'not-started') return;
  deepStrictEqual(membership.roles, model.roles);
  deepStrictEqual(membership.settings, model.settings);
  deepStrictEqual({ name: about.name, description: about.description ?? '' }, model.about);
  deepStrictEqual(
    [...invites].map(([inviteId, { createdBy, isRevoked }]) => [inviteId, createdBy, isRevoked]),
    [...model.invites].map(([inviteId, { createdBy, isRevoked }]) => [inviteId, createdBy, isRevoked]),
  );
  if (membership.kind === 'group' && membership.status === 'active') {
    isTrue([...membership.roles.values()].includes('owner'), 'nobody owns the group');
  }
}
