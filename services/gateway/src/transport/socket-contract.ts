import type { ClientEventName, ClientEvents } from '@parley/contracts';
import type { z } from 'zod';

import type { ClientSession } from './client-session.ts';
import type { EdgeResult } from './edge-error.ts';

type Handler<Name extends ClientEventName> = (
  payload: z.output<ClientEvents[Name]['payload']>,
  session: ClientSession,
  correlationId: string,
) => Promise<EdgeResult<z.output<ClientEvents[Name]['answer']>>>;

export type SocketHandlers = { readonly [Name in ClientEventName]: Handler<Name> };
