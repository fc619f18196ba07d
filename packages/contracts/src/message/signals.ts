import { z } from 'zod';

import { defineSignal } from '../kernel/signal.ts';
import { DeviceId, UserId } from '../kernel/scalars.ts';

/** Somebody is writing in a conversation, or has stopped. */
export const memberTyping = defineSignal({
  type: 'typing',
  data: z.object({ userId: UserId, deviceId: DeviceId, isTyping: z.boolean() }),
});
