import {
  changeProfile,
  changeSettings,
  endDevices,
  endSession,
  getKeys,
  getPerson,
  getSettings,
  type identityRoutes,
  listDevices,
  listPeople,
  newId,
  refresh,
  register,
  renameDevice,
  setPush,
  signIn,
} from '@parley/contracts';

import { edgeOk, type EdgeResult, edgeResultOf } from './edge-error.ts';
import { askPage } from './pages.ts';
import type { RestHandlers, RestPorts } from './rest-contract.ts';

/** Accounts, sessions, devices and people. */
export function identityRest({
  queries,
  settings,
  cursors,
}: RestPorts): RestHandlers<keyof typeof identityRoutes> {
  return {
    register: async ({ body, address, asking }) =>
      edgeResultOf(await queries.act(register, { ...body, userId: newId('usr'), address }, asking)),

    signIn: async ({ body, address, asking }) =>
      edgeResultOf(await queries.act(signIn, { ...body, address }, asking)),

    refresh: async ({ body, asking }) => edgeResultOf(await queries.act(refresh, body, asking)),

    signOut: async ({ identity: { userId, sessionId }, asking }) =>
      withoutBody(edgeResultOf(await queries.act(endSession, { userId, sessionId }, asking))),

    getMe: async ({ identity: { userId, deviceId }, asking }) => {
      const person = edgeResultOf(await queries.ask(getPerson, { userId }, asking));
      return person.ok ? edgeOk({ ...person.data, deviceId }) : person;
    },

    changeMe: async ({ identity: { userId }, body, asking }) =>
      edgeResultOf(await queries.act(changeProfile, { ...body, userId }, asking)),

    getSettings: async ({ identity: { userId }, asking }) => {
      const found = edgeResultOf(await queries.ask(getSettings, { userId }, asking));
      return found.ok ? edgeOk(found.data.settings) : found;
    },

    changeSettings: async ({ identity: { userId }, body, asking }) => {
      const changed = edgeResultOf(await queries.act(changeSettings, { ...body, userId }, asking));
      if (!changed.ok) return changed;
      return edgeOk(settings.learn(userId, changed.data).settings, changed.position);
    },

    getKeys: async ({ asking }) => edgeResultOf(await queries.ask(getKeys, {}, asking)),

    listDevices: async ({ identity: { userId, sessionId }, asking }) =>
      edgeResultOf(await queries.ask(listDevices, { userId, sessionId }, asking)),

    renameDevice: async ({ identity: { userId }, params, body, asking }) =>
      withoutBody(
        edgeResultOf(
          await queries.act(renameDevice, { userId, deviceId: params.id, name: body.name }, asking),
        ),
      ),

    setPush: async ({ identity: { userId, sessionId }, body, asking }) =>
      withoutBody(edgeResultOf(await queries.act(setPush, { userId, sessionId, push: body.push }, asking))),

    endDevice: async ({ identity: { userId }, params, asking }) =>
      withoutBody(edgeResultOf(await queries.act(endDevices, { userId, deviceId: params.id }, asking))),

    endOtherDevices: async ({ identity: { userId, sessionId }, asking }) =>
      edgeResultOf(await queries.act(endDevices, { userId, exceptSessionId: sessionId }, asking)),

    listPeople: async ({ query, asking }) =>
      askPage(cursors, query, async (asked) => edgeResultOf(await queries.ask(listPeople, asked, asking))),

    getPerson: async ({ params, asking }) =>
      edgeResultOf(await queries.ask(getPerson, { userId: params.id }, asking)),
  };
}

function withoutBody(result: EdgeResult): EdgeResult<undefined> {
  return result.ok ? edgeOk(undefined, result.position) : result;
}
