import { deepStrictEqual } from 'node:assert/strict';

import type { UserId } from '@parley/contracts';
import * as fc from 'fast-check';

import {
  type Act,
  ActStep,
  change,
  type Expected,
  Happening,
  inviteIds,
  type Model,
  nothing,
  nothingYet,
} from './conversation-model.ts';
import { people, Service } from './conversation-service.ts';

const RUN_COUNT = 1_000;
const COMMAND_COUNT_MAX = 100;
export const MINUTE_MS = 60_000;

export const person = fc.constantFrom(...people);
export const inviteId = fc.constantFrom(...inviteIds);
export const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

/** What one of these people does, with some data, and what is expected of it. */
export const actsOf =
  (actor: fc.Arbitrary<UserId>) =>
  <Data extends object>(
    type: Act['type'],
    data: fc.Arbitrary<Data>,
    rule: (model: Model, actorId: UserId, data: Data) => Expected,
  ): fc.Arbitrary<ActStep> =>
    fc
      .tuple(actor, data)
      .map(
        ([actorId, asked]) =>
          new ActStep({ type, actorId, data: said(asked), rule: (model) => rule(model, actorId, asked) }),
      );

export const act = actsOf(person);

/** As it comes over a wire: what is not said is not there. */
function said(data: object): object {
  return JSON.parse(JSON.stringify(data)) as object;
}

export const codeHashOf = (id: string) => id.slice(4).padEnd(64, '0');

/** Comes in by oneself: by a code, or because anybody may. */
export const joins = act(
  'conversation.join',
  fc.record({
    invite: optional(
      fc.tuple(inviteId, fc.constantFrom(true, true, false)).map(([id, isRight]) => ({
        inviteId: id,
        codeHash: codeHashOf(isRight ? id : 'inv_'),
      })),
    ),
  }),
  (model, actorId, { invite: shown }) => {
    const unseen = shown ? 'invite-not-found' : 'conversation-not-found';
    if (model.phase !== 'open') return unseen;
    if (model.roles.has(actorId)) return nothing;
    const { privacy } = model.settings;
    if (shown === undefined && privacy !== 'public') return unseen;
    const invite = shown && model.invites.get(shown.inviteId);
    if (shown) {
      if (privacy === 'private' || shown.codeHash !== codeHashOf(shown.inviteId)) return unseen;
      if (invite === undefined || invite.isRevoked || invite.usesLeft === 0) return unseen;
      if (invite.endsAtMs <= model.nowMs) return unseen;
    }
    if (model.roles.size >= model.settings.memberLimit) return 'conversation-full';
    return change(() => {
      model.roles.set(actorId, 'member');
      if (invite) invite.usesLeft -= 1;
    });
  },
);

const waits = fc
  .constant(10 * MINUTE_MS)
  .map((ms) => new Happening(`${ms} ms pass`, async (model) => void (model.nowMs += ms)));

const restarts = fc.constant(new Happening('restart', (_, real) => real.restarts()));

const comesAgain = fc.nat().map(
  (which) =>
    new Happening('an earlier command comes again', async ({ done }, real) => {
      const one = done[which % Math.max(1, done.length)];
      if (one) deepStrictEqual(await real.handle(one.command, new Date(0)), one.outcome);
    }),
);

/**
 * Many people do many things, in any order: prints the seed of what went wrong. It begins with what is first done, as
 * most acts before that are refused alike.
 */
export async function expectAgreementWhatever(
  { first, acts }: { readonly first: fc.Arbitrary<ActStep>; readonly acts: readonly fc.Arbitrary<ActStep>[] },
  seed: number,
): Promise<void> {
  const begins = fc.option(first, { freq: 9, nil: undefined });
  const commands = fc.commands([...acts, waits, restarts, comesAgain], {
    maxCommands: COMMAND_COUNT_MAX,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(begins, commands, async (begin, all) => {
      const [model, real] = [nothingYet(), new Service()];
      await begin?.run(model, real);
      await fc.asyncModelRun(() => ({ model, real }), all);
      await real.restarts();
    }),
    { numRuns: RUN_COUNT, seed },
  );
}
