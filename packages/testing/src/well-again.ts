import { Api, ApiError, fixedToken } from '@parley/client';
import { newUuidV7 } from '@parley/contracts';
import type { SupervisedService, System } from '@parley/local';

import { until } from './until.ts';

/** How long a system may take to be well after a part of it was away. */
const WELL_AGAIN_MS_MAX = 60_000;
const HEALTH_TIMEOUT_MS = 5_000;

/** What a service answers at `/readyz`. */
interface Readiness {
  readonly status: string;
  readonly components: Readonly<Record<string, { readonly healthy: boolean; readonly detail?: string }>>;
}

/**
 * Waits until every service says that it and all of its components are well, and somebody new finds it so through
 * every gateway: then whoever comes next pays nothing for what was before.
 */
export async function wellAgain(system: System): Promise<void> {
  await Promise.all(system.processes.map((process) => saysItIsWell(process)));
  await Promise.all(system.gatewayUrls.map((url) => isFoundWell(url)));
}

async function saysItIsWell(process: SupervisedService): Promise<void> {
  let said: unknown = 'nothing';
  await until({
    look: async () => {
      const readiness = await readinessOf(process);
      said = readiness;
      return readiness instanceof Error || !isWell(readiness) ? undefined : true;
    },
    instead: () =>
      `${process.name} is not well: ${said instanceof Error ? said.message : JSON.stringify(said)}`,
    waitMs: WELL_AGAIN_MS_MAX,
  });
}

async function readinessOf(process: SupervisedService): Promise<Readiness | Error> {
  const port = process.portOf(process.name.replace(/-\d+$/, ''));
  if (port === undefined) return new Error('it has not said that it is ready');
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
    });
    return (await answer.json()) as Readiness;
  } catch (error) {
    return new Error('it does not answer', { cause: error });
  }
}

function isWell({ status, components }: Readiness): boolean {
  return status === 'ready' && Object.values(components).every(({ healthy }) => healthy);
}

async function isFoundWell(gatewayUrl: string): Promise<void> {
  let found: unknown;
  await until({
    look: async () => {
      try {
        await writeAndRead(new Api({ url: gatewayUrl }));
        return true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        found = error;
        return undefined;
      }
    },
    instead: () => `what was written through ${gatewayUrl} cannot be read: ${String(found)}`,
    waitMs: WELL_AGAIN_MS_MAX,
  });
}

/** Writes to both kinds of log, then reads from every read model, each of which must have come so far. */
async function writeAndRead(api: Api): Promise<void> {
  const name = `w${newUuidV7().replaceAll('-', '').slice(-20)}`;
  const body = { username: name, password: newUuidV7(), displayName: 'Somebody' };
  const { accessToken } = await api.call('register', { body });
  const somebody = api.as(fixedToken(accessToken));
  const { conversationId } = await somebody.call('startGroup', { body: { name, memberIds: [] } });
  const message = { conversationId, clientMessageId: newUuidV7(), content: 'Is everything well?' };
  await somebody.call('sendText', { body: message });

  const params = { id: conversationId };
  await Promise.all([
    somebody.call('listPeople', { query: { q: name } }),
    somebody.call('listDevices'),
    somebody.call('listConversations'),
    somebody.call('listMembers', { params }),
    somebody.call('listMessages', { params }),
    somebody.call('listReadPositions', { params }),
  ]);
}
