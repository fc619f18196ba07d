import type { NatsConnection } from '@nats-io/transport-node';
import {
  checkPicture,
  type ConversationEvent,
  conversationQueries,
  type IdentityEvent,
  listPreviews,
  type MembershipEvent,
  type OwnViewEvent,
} from '@parley/contracts';
import type { EventStore } from '@parley/event-sourcing';
import {
  askQuery,
  connectNats,
  type Consuming,
  isBrokerThere,
  JetStreamEventStore,
  JetStreamSnapshotStore,
  runCommandConsumer,
  runPolicy,
  serveQueries,
  streamOfLog,
  verifyTopology,
} from '@parley/jetstream';
import { connectPostgres, ProjectionRunner } from '@parley/postgres';
import type { Health, ServiceModule, StartContext, Started } from '@parley/service-kit';
import type { Kysely } from 'kysely';

import { ConversationCommands } from './commands/conversation-commands.ts';
import { OwnViewCommands } from './commands/own-view-commands.ts';
import { type Config, loadConfig } from './config.ts';
import { type OwnViewFact, tellMembers } from './policies/tell-members.policy.ts';
import { writeOwnViews } from './policies/write-own-views.ts';
import { blocks } from './projections/blocks.projection.ts';
import { conversationList } from './projections/conversation-list.projection.ts';
import { invites } from './projections/invites.projection.ts';
import { memberList } from './projections/member-list.projection.ts';
import { ownView } from './projections/own-view.projection.ts';
import { people } from './projections/people.projection.ts';
import { findRefusingPeople } from './queries/find-refusing-people.query.ts';
import { findUnknownPeople } from './queries/find-unknown-people.query.ts';
import type { ConversationDb } from './storage/schema.ts';
import { conversationAnswers } from './transport/answers.ts';
import { handleWith } from './transport/command-handler.ts';

export const conversationModule: ServiceModule<Config> = { name: 'conversation', config: loadConfig, start };

/** A list is shown without them sooner than late. */
const PREVIEW_TIMEOUT_MS = 1_000;
/** Below what the gateway waits for a command. */
const FILE_ANSWER_TIMEOUT_MS = 2_000;

type OnFault = (error: unknown, context: Readonly<Record<string, unknown>>) => void;

async function start(context: StartContext<Config>): Promise<Started> {
  const { config, log, instance, fail } = context;
  const nc = await connectNats({ url: config.nats.url, name: instance });
  await verifyTopology(nc, config);
  const db = connectPostgres<ConversationDb>({ ...config.database, name: instance });
  const runners = startProjections(context, { nc, db });
  const onFault: OnFault = (error, about) => {
    log.error({ err: error, ...about }, 'a fault');
    if (about['fatal'] === true) fail(error);
  };
  const acting = await startActing(config, { nc, db, onFault });
  const serving = await serveQueries(nc, {
    service: 'conversation',
    contracts: conversationQueries,
    answers: conversationAnswers({
      db,
      ...runners,
      askPreviews: (asked) => askQuery(nc, listPreviews, { ...asked, timeoutMs: PREVIEW_TIMEOUT_MS }),
    }),
    onFault,
  });

  return {
    health: () => healthOf(nc, Object.values(runners)),
    async stop() {
      await Promise.all(acting.map((loop) => loop.stop()));
      await serving.stop();
      await Promise.all(Object.values(runners).map((runner) => runner.stop()));
      await nc.drain();
      await db.destroy();
    },
  };
}

function startProjections(
  { config, log, instance }: StartContext<Config>,
  { nc, db }: { readonly nc: NatsConnection; readonly db: Kysely<ConversationDb> },
) {
  const isAlone = config.place.count === 1;
  const follow = { nc, db, databaseUrl: config.database.url, instance, log, isAlone };
  const runners = {
    memberList: new ProjectionRunner({ ...follow, projection: memberList }),
    conversationList: new ProjectionRunner({ ...follow, projection: conversationList }),
    blocks: new ProjectionRunner({ ...follow, projection: blocks }),
    invites: new ProjectionRunner({ ...follow, projection: invites }),
    people: new ProjectionRunner({ ...follow, projection: people }),
    ownView: new ProjectionRunner({ ...follow, projection: ownView }),
  };
  for (const runner of Object.values(runners)) runner.start();
  return runners;
}

/** What changes something: the commands of the queue, and the policy that follows from their events. */
async function startActing(
  { tenant, place }: Config,
  ports: { readonly nc: NatsConnection; readonly db: Kysely<ConversationDb>; readonly onFault: OnFault },
): Promise<readonly Consuming[]> {
  const { nc, db, onFault } = ports;
  const conversations = await JetStreamEventStore.open<ConversationEvent>(nc, { log: 'conv', tenant });
  const userLog = await JetStreamEventStore.open<IdentityEvent | MembershipEvent | OwnViewEvent>(nc, {
    log: 'user',
    tenant,
  });
  const snapshots = await JetStreamSnapshotStore.open(nc);
  const commands = new ConversationCommands(conversations, snapshots, {
    findUnknown: (userIds) => findUnknownPeople(db, userLog, userIds),
    findRefusing: (userIds, refused) => findRefusingPeople(db, userIds, refused),
    checkPicture: (fileId, { tenant: asked, actorId, correlationId }) =>
      askQuery(nc, checkPicture, {
        data: { userId: actorId, fileId },
        meta: { tenant: asked, actorId, correlationId },
        timeoutMs: FILE_ANSWER_TIMEOUT_MS,
      }),
  });
  const ownViews = new OwnViewCommands({
    userLog: userLog as EventStore<OwnViewEvent>,
    conversationLog: conversations,
    atTail: (conversationId) => commands.atTail(conversationId),
  });
  const handle = handleWith({ conversations: commands, ownViews });
  return Promise.all([
    runCommandConsumer(nc, { service: 'conversation', ...place, handle, onFault }),
    runPolicy<ConversationEvent, OwnViewFact>(nc, tellMembers, {
      stream: streamOfLog.conv,
      carryOut: (facts) => writeOwnViews(userLog, facts),
      onFault,
    }),
  ]);
}

/** Commands and live delivery do without Postgres, so a projection that stands still is shown and no more. */
async function healthOf(
  nc: NatsConnection,
  runners: readonly Pick<ProjectionRunner<never, ConversationDb>, 'status'>[],
): Promise<Health> {
  const nats = { healthy: await isBrokerThere(nc) };
  const projections = runners.map((runner) => {
    const { projection, healthy, state, error } = runner.status();
    return [projection, { healthy, detail: error ?? state }] as const;
  });
  return { healthy: nats.healthy, components: { nats, ...Object.fromEntries(projections) } };
}
