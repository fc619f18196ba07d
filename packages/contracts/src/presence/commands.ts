import { z } from 'zod';

import { defineCommand } from '../kernel/command.ts';
import { DeviceId, UserId } from '../kernel/scalars.ts';

/** How many leases travel together. */
export const LEASE_COUNT_MAX = 500;

/** A device that a gateway holds a socket of, or has held until just now. */
export const Lease = z.strictObject({
  userId: UserId,
  deviceId: DeviceId,
  /** How long ago the device gave its last sign of life. */
  heardMsAgo: z.number().min(0),
  isAway: z.boolean(),
  /** Its last socket here has closed: it has a moment to come back. */
  isGone: z.boolean(),
});
export type Lease = z.output<typeof Lease>;

/** What a gateway says of its sockets, of each again and again: what it stops saying ends by itself. */
export const renewLeases = defineCommand({
  type: 'presence.renew-leases',
  input: z.strictObject({
    gateway: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/),
    leases: z.array(Lease).min(1).max(LEASE_COUNT_MAX),
  }),
  answer: z.object({}),
  rejections: [],
});

export const presenceCommands = [renewLeases] as const;
