import { z } from 'zod';

import {
  changeProfile,
  changeSettings,
  refresh,
  register,
  renameDevice,
  signIn,
} from '../identity/commands.ts';
import { listPeople } from '../identity/queries.ts';
import { DeviceView, PersonView, PersonalSettings, TokensView } from '../identity/views.ts';
import { pageOf } from '../kernel/query.ts';
import { DeviceId, UserId } from '../kernel/scalars.ts';
import { defineRoute } from './route.ts';

const Me = PersonView.extend({ deviceId: DeviceId });

export const identityRoutes = {
  register: defineRoute({
    method: 'POST',
    path: '/auth/register',
    auth: 'none',
    status: 201,
    answer: TokensView,
    body: register.input.omit({ userId: true, address: true }),
    summary: 'Opens an account and signs in.',
  }),
  signIn: defineRoute({
    method: 'POST',
    path: '/auth/login',
    auth: 'none',
    status: 200,
    answer: TokensView,
    body: signIn.input.omit({ address: true }),
    summary: 'Signs in: each sign-in is a device.',
  }),
  refresh: defineRoute({
    method: 'POST',
    path: '/auth/refresh',
    auth: 'none',
    status: 200,
    answer: TokensView,
    body: refresh.input,
    summary: 'Trades a refresh token for the next pair. A used one that comes back ends the session.',
  }),
  signOut: defineRoute({
    method: 'POST',
    path: '/auth/logout',
    auth: 'session',
    status: 204,
    summary: 'Ends this session.',
  }),
  getMe: defineRoute({
    method: 'GET',
    path: '/auth/me',
    auth: 'session',
    status: 200,
    answer: Me,
    summary: 'Who this session is.',
  }),
  changeMe: defineRoute({
    method: 'PATCH',
    path: '/auth/me',
    auth: 'session',
    status: 200,
    answer: PersonView,
    body: changeProfile.input.omit({ userId: true }),
    summary: 'Changes the own profile.',
  }),
  getSettings: defineRoute({
    method: 'GET',
    path: '/settings',
    auth: 'session',
    status: 200,
    answer: PersonalSettings,
    summary: 'What one has chosen for oneself.',
  }),
  changeSettings: defineRoute({
    method: 'PUT',
    path: '/settings',
    auth: 'session',
    status: 200,
    body: changeSettings.input.omit({ userId: true }),
    answer: PersonalSettings,
    summary: 'Chooses for oneself. What is not named stays as it is.',
  }),
  getKeys: defineRoute({
    method: 'GET',
    path: '/.well-known/jwks.json',
    auth: 'none',
    status: 200,
    answer: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
    summary: 'The public keys of access tokens.',
  }),
  listDevices: defineRoute({
    method: 'GET',
    path: '/devices',
    auth: 'session',
    status: 200,
    answer: z.object({ data: z.array(DeviceView) }),
    summary: 'Where this person is signed in.',
  }),
  renameDevice: defineRoute({
    method: 'PATCH',
    path: '/devices/:id',
    auth: 'session',
    status: 204,
    params: z.object({ id: DeviceId }),
    body: renameDevice.input.pick({ name: true }),
    summary: 'Names a device.',
  }),
  endDevice: defineRoute({
    method: 'DELETE',
    path: '/devices/:id',
    auth: 'session',
    status: 204,
    params: z.object({ id: DeviceId }),
    summary: 'Signs one device out.',
  }),
  endOtherDevices: defineRoute({
    method: 'DELETE',
    path: '/devices',
    auth: 'session',
    status: 200,
    answer: z.object({ ended: z.int() }),
    summary: 'Signs all other devices out.',
  }),
  listPeople: defineRoute({
    method: 'GET',
    path: '/users',
    auth: 'session',
    status: 200,
    query: listPeople.input,
    answer: pageOf(PersonView),
    summary: 'Finds people by the start of a name.',
  }),
  getPerson: defineRoute({
    method: 'GET',
    path: '/users/:id',
    auth: 'session',
    status: 200,
    params: z.object({ id: UserId }),
    answer: PersonView,
    summary: 'A person.',
  }),
} as const;
