import {
  failed,
  type IdentityCommandContract,
  type IdentityQueryContract,
  identityCommands,
  identityQueries,
  ok,
  type Outcome,
  type QueryMeta,
  refused,
} from '@parley/contracts';
import { LogFullError, UnknownAppendError } from '@parley/event-sourcing';
import type { AnswerTable } from '@parley/jetstream';
import { answerAt, type FollowedModel } from '@parley/postgres';
import type { Kysely } from 'kysely';

import { BusyError } from '../busy-error.ts';
import { changeProfile } from '../commands/change-profile.ts';
import { changeSettings } from '../commands/change-settings.ts';
import { endDevices } from '../commands/end-devices.ts';
import { endSession } from '../commands/end-session.ts';
import type { IdentityPorts } from '../commands/ports.ts';
import { refresh } from '../commands/refresh.ts';
import { register } from '../commands/register.ts';
import { renameDevice } from '../commands/rename-device.ts';
import { setPush } from '../commands/set-push.ts';
import { signIn } from '../commands/sign-in.ts';
import { getKeys } from '../queries/get-keys.query.ts';
import { getPerson } from '../queries/get-person.query.ts';
import { listDevices } from '../queries/list-devices.query.ts';
import { listPeople } from '../queries/list-people.query.ts';
import type { IdentityDb } from '../storage/schema.ts';

export type IdentityContract = IdentityCommandContract | IdentityQueryContract;
export const identityContracts: readonly IdentityContract[] = [...identityCommands, ...identityQueries];

export interface IdentityReads {
  readonly db: Kysely<IdentityDb>;
  readonly publicKeys: readonly Readonly<Record<string, unknown>>[];
  readonly people: FollowedModel;
  readonly devices: FollowedModel;
}

/** What identity answers: a row per contract, each parsed before it gets here. */
export function identityAnswers(ports: IdentityPorts, reads: IdentityReads): AnswerTable<IdentityContract> {
  const { db, publicKeys } = reads;
  const { tenant } = ports;

  return {
    'identity.register': (asked) => acting(ports, asked, () => register(ports, asked)),
    'identity.sign-in': (asked) => acting(ports, asked, () => signIn(ports, asked)),
    'identity.refresh': (asked) => acting(ports, asked, () => refresh(ports, asked)),
    'identity.end-session': (asked) => acting(ports, asked, () => endSession(ports, asked)),
    'identity.end-devices': (asked) => acting(ports, asked, () => endDevices(ports, asked)),
    'identity.rename-device': (asked) => acting(ports, asked, () => renameDevice(ports, asked)),
    'identity.set-push': (asked) => acting(ports, asked, () => setPush(ports, asked)),

    'identity.note-activity': (asked) =>
      acting(ports, asked, async () => {
        await ports.sessions.noteActivity(asked.data.sessions);
        return ok({});
      }),

    'identity.change-profile': (asked) => acting(ports, asked, () => changeProfile(ports, asked)),

    'identity.change-settings': (asked) => acting(ports, asked, () => changeSettings(ports, asked)),

    'identity.get-keys': async () => ok(getKeys(publicKeys)),

    'identity.list-devices': ({ data, meta }) =>
      reading(ports, { meta, model: reads.devices }, async () =>
        meta.actorId === data.userId
          ? ok({ data: await listDevices(db, tenant, data) })
          : failed('malformed'),
      ),

    'identity.get-person': async ({ data, meta }) => {
      const { userId } = data;
      const isOneself = meta.actorId === userId;
      const model = isOneself ? asItIs(reads.people) : reads.people;
      const outcome = await reading(ports, { meta, model }, async () => {
        const person = await getPerson(db, tenant, userId);
        return person ? ok(person) : refused('person-not-found');
      });
      if (!isOneself || !isLackedByModel(outcome)) return outcome;
      // Whoever registered or changed their name a moment ago is in their own log, which is never behind.
      const person = await ports.accounts.personOf(userId);
      return person ? ok(person) : refused('person-not-found');
    },

    // From the log and not from a table: who has just gone private is private, whatever lags behind.
    'identity.get-settings': async ({ data: { userId }, meta }) => {
      if (meta.tenant !== tenant || meta.actorId !== userId) return failed('malformed');
      const settings = await ports.accounts.settingsOf(userId);
      return settings ? ok(settings) : refused('person-not-found');
    },

    'identity.list-people': ({ data, meta }) =>
      reading(ports, { meta, model: reads.people }, async () => {
        const page = await listPeople(db, tenant, data);
        return page ? ok(page) : failed('malformed');
      }),
  };
}

/** Says of an act that failed whether it may have happened. What is left is a fault, said by who called. */
async function acting<Answer, Rejection extends string>(
  ports: IdentityPorts,
  { meta }: { readonly meta: QueryMeta },
  act: () => Promise<Outcome<Answer, Rejection>>,
): Promise<Outcome<Answer, Rejection>> {
  if (meta.tenant !== ports.tenant) return failed('malformed');
  try {
    return await act();
  } catch (error) {
    if (error instanceof BusyError) return failed('unavailable');
    if (error instanceof LogFullError) return failed('storage-full');
    if (error instanceof UnknownAppendError || isBrokerAway(error)) {
      ports.onFault(error, { correlationId: meta.correlationId });
      return failed('unknown-outcome');
    }
    throw error;
  }
}

/** A read that includes what the asker has seen written, or says that it cannot. */
async function reading<Answer, Rejection extends string>(
  ports: IdentityPorts,
  { meta, model }: { readonly meta: QueryMeta; readonly model: FollowedModel },
  read: () => Promise<Outcome<Answer, Rejection>>,
): Promise<Outcome<Answer, Rejection>> {
  if (meta.tenant !== ports.tenant) return failed('malformed');
  return answerAt(meta.minPosition, { user: [model] }, read);
}

/** A read model that is not waited for, because who is missing in it is looked for elsewhere. */
function asItIs(model: FollowedModel): FollowedModel {
  return { waitFor: (position) => model.waitFor(position, 0) };
}

/** Not there, or not there yet; anything else is no reason to look elsewhere. */
function isLackedByModel(outcome: Outcome): boolean {
  return outcome.kind === 'refused' || (outcome.kind === 'failed' && outcome.fault === 'read-model-behind');
}

const BROKER_FAULTS = new Set(['TimeoutError', 'NoRespondersError', 'RequestError', 'ConnectionError']);

function isBrokerAway(error: unknown): boolean {
  return error instanceof Error && BROKER_FAULTS.has(error.name);
}
