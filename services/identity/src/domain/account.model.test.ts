import { deepStrictEqual, strictEqual } from 'node:assert/strict';

import {
  type CommandOf,
  type DeviceId,
  type IdentityEvent,
  newId,
  type RecordedEvent,
  type SessionId,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import { foldEvents, recordEvents, runDecision } from '@parley/event-sourcing';
import * as fc from 'fast-check';
import { test } from 'vitest';

import type { AccountAct } from './account-acts.ts';
import { account, isActive } from './account.decider.ts';

const RUN_COUNT = 1_000;
const COMMAND_COUNT_MAX = 100;
const START_MS = Date.parse('2026-11-21T08:00:00.000Z');

const an = newId<UserId>('usr');
const binh = newId<UserId>('usr');
const sessionIds = Array.from({ length: 8 }, () => newId<SessionId>('ses'));
const deviceIds = Array.from({ length: 4 }, () => newId<DeviceId>('dev'));

interface PlainSession {
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
  name: string;
}

/** What An would say of the account: the devices that are signed in, those that were, and what is shown. */
interface Model {
  isOpen: boolean;
  displayName: string;
  readReceipts: boolean;
  active: PlainSession[];
  readonly ended: PlainSession[];
}

type Expected = string | { readonly eventCount: number; readonly apply?: () => void };
const nothing: Expected = { eventCount: 0 };
const change = (apply: () => void, eventCount = 1): Expected => ({ eventCount, apply });

class Log {
  events: RecordedEvent<IdentityEvent>[] = [];
  state = account.initialState;
}

class Step implements fc.Command<Model, Log> {
  readonly #command: CommandOf<AccountAct>;
  readonly #rule: (model: Model) => Expected;

  constructor(actorId: UserId, asked: { type: string; data: object }, rule: (model: Model) => Expected) {
    const meta = { commandId: 'command', tenant: 'main' as Tenant, actorId, correlationId: 'model' };
    this.#command = {
      type: asked.type,
      data: { userId: an, ...asked.data },
      meta: { ...meta, at: timestampOf(START_MS) },
    } as CommandOf<AccountAct>;
    this.#rule = rule;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Log): void {
    const expected = this.#rule(model);
    const decision = runDecision(account, real.state, this.#command);
    strictEqual(
      decision.accepted ? undefined : decision.code,
      typeof expected === 'string' ? expected : undefined,
    );
    const facts = decision.accepted ? decision.events : [];
    strictEqual(facts.length, typeof expected === 'string' ? 0 : expected.eventCount);
    if (typeof expected !== 'string') expected.apply?.();
    const target = { aggregateId: an, seq: real.events.length };
    const recorded = recordEvents(facts, this.#command.meta, target).map((event, index) => ({
      ...event,
      position: target.seq + index + 1,
    }));
    real.events.push(...recorded);
    real.state = foldEvents(account, recorded, real.state);
    expectAgreement(model, real);
  }

  toString(): string {
    return `${this.#command.type} ${JSON.stringify(this.#command.data)}`;
  }
}

function expectAgreement(model: Model, { state }: Log): void {
  strictEqual(state.status === 'open', model.isOpen);
  for (const { sessionId } of model.ended) strictEqual(isActive(state, sessionId), false);
  if (state.status !== 'open') return;
  deepStrictEqual(
    [...state.sessions].map(([sessionId, session]) => ({ sessionId, ...session })),
    model.active,
  );
  strictEqual(state.displayName, model.displayName);
  strictEqual(state.settings.readReceipts, model.readReceipts);
}

/** Ends those of the active sessions that are meant. */
function ending(model: Model, isMeant: (session: PlainSession) => boolean): Expected {
  const gone = model.active.filter((session) => isMeant(session));
  return change(() => {
    model.active = model.active.filter((session) => !gone.includes(session));
    model.ended.push(...gone);
  }, gone.length);
}

const whoever = fc.constantFrom(an, an, an, binh);
const sessionId = fc.constantFrom(...sessionIds);
const deviceId = fc.constantFrom(...deviceIds);
const name = fc.constantFrom('phone', 'laptop');
const displayName = fc.constantFrom('An', 'Ân');

const signsIn = fc.record({ sessionId, deviceId, name }).map((session) => {
  const isKnown = (one: PlainSession) => one.sessionId === session.sessionId;
  const data = { ...session, username: 'an', displayName: 'An', platform: 'web' };
  return new Step(an, { type: 'identity.start-session', data }, (model) => {
    if (model.active.some(isKnown) || model.ended.some(isKnown)) return nothing;
    return change(
      () => {
        model.isOpen = true;
        model.active.push({ ...session });
      },
      model.isOpen ? 1 : 2,
    );
  });
});

const endsReused = sessionId.map(
  (id) =>
    new Step(an, { type: 'identity.end-reused-session', data: { sessionId: id } }, (model) =>
      ending(model, (one) => one.sessionId === id),
    ),
);

/** An act on one's own account: refused to anybody else, and before there is one. */
function own<Data extends object>(
  type: AccountAct['type'],
  data: fc.Arbitrary<Data>,
  { unseen, rule }: { readonly unseen: string; readonly rule: (model: Model, data: Data) => Expected },
) {
  return fc
    .tuple(whoever, data)
    .map(
      ([actorId, asked]) =>
        new Step(actorId, { type, data: asked }, (model) =>
          model.isOpen && actorId === an ? rule(model, asked) : unseen,
        ),
    );
}

const signsOut = own('identity.end-session', fc.record({ sessionId }), {
  unseen: 'device-not-found',
  rule: (model, asked) => {
    if (model.ended.some((one) => one.sessionId === asked.sessionId)) return nothing;
    if (!model.active.some((one) => one.sessionId === asked.sessionId)) return 'device-not-found';
    return ending(model, (one) => one.sessionId === asked.sessionId);
  },
});

const endsDevice = own('identity.end-devices', fc.record({ deviceId }), {
  unseen: 'device-not-found',
  rule: (model, asked) => {
    const isOnIt = (one: PlainSession) => one.deviceId === asked.deviceId;
    const isKnown = model.active.some(isOnIt) || model.ended.some(isOnIt);
    return isKnown ? ending(model, isOnIt) : 'device-not-found';
  },
});

const endsOthers = own('identity.end-devices', fc.record({ exceptSessionId: sessionId }), {
  unseen: 'device-not-found',
  rule: (model, { exceptSessionId }) => ending(model, (one) => one.sessionId !== exceptSessionId),
});

const renames = own('identity.rename-device', fc.record({ deviceId, name }), {
  unseen: 'device-not-found',
  rule: (model, asked) => {
    const meant = model.active.filter((one) => one.deviceId === asked.deviceId);
    const [first] = meant;
    if (first === undefined) return 'device-not-found';
    if (first.name === asked.name) return nothing;
    return change(() => {
      for (const session of meant) session.name = asked.name;
    });
  },
});

const changes = own('identity.change-profile', fc.record({ displayName }), {
  unseen: 'person-not-found',
  rule: (model, asked) =>
    model.displayName === asked.displayName
      ? nothing
      : change(() => void (model.displayName = asked.displayName)),
});

const chooses = own('identity.change-settings', fc.record({ readReceipts: fc.boolean() }), {
  unseen: 'person-not-found',
  rule: (model, { readReceipts }) =>
    model.readReceipts === readReceipts ? nothing : change(() => void (model.readReceipts = readReceipts)),
});

const seed = Date.now() % 2 ** 31;

test(
  `whatever An does to the account, the rules and the log agree with An (seed ${seed})`,
  { timeout: 60_000 },
  () => {
    const acts = [signsIn, signsIn, endsReused, signsOut, endsDevice, endsOthers, renames, changes, chooses];
    const commands = fc.commands(acts, { maxCommands: COMMAND_COUNT_MAX, size: 'max' });
    fc.assert(
      fc.property(commands, (all) => {
        const real = new Log();
        const model: Model = { isOpen: false, displayName: 'An', readReceipts: true, active: [], ended: [] };
        fc.modelRun(() => ({ model, real }), all);
        deepStrictEqual(foldEvents(account, real.events), real.state);
      }),
      { numRuns: RUN_COUNT, seed },
    );
  },
);
