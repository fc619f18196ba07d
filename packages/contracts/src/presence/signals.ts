import { defineSignal } from '../kernel/signal.ts';
import { PresenceAt } from './views.ts';

/** Somebody has come, gone or turned away; said once per change, to whoever watches them. */
export const personPresent = defineSignal({ type: 'presence', data: PresenceAt });
