import {
  type AggregateId,
  type CommandContract,
  type CommandMeta,
  type Outcome,
  type Tenant,
  timestampOf,
} from '@parley/contracts';
import type { CommandPublisher, CommandService } from '@parley/jetstream';
import type { z } from 'zod';

import type { Identity } from '../transport/client-session.ts';

/** Client 10 s > gateway 8 s > hand-over 5 s > one publish 2 s. */
const COMMAND_DEADLINE_MS = 8_000;

export interface Commanding {
  readonly identity: Identity;
  /** The same over every retry of the same act. */
  readonly commandId: string;
  readonly correlationId: string;
  /** Called when the command is stored, which is before it is decided. */
  readonly onStored?: (() => void) | undefined;
}

/** Puts the session's person into a command and hands it to the service that decides. */
export class CommandBus {
  readonly #publisher: CommandPublisher;
  readonly #tenant: Tenant;

  constructor(publisher: CommandPublisher, tenant: Tenant) {
    this.#publisher = publisher;
    this.#tenant = tenant;
  }

  async send<const C extends CommandContract>(
    contract: C,
    target: {
      readonly service: CommandService;
      readonly aggregateId: AggregateId;
      readonly data: z.input<C['input']>;
    },
    { identity, commandId, correlationId, onStored }: Commanding,
  ): Promise<Outcome<z.output<C['answer']>, C['rejections'][number]>> {
    const meta: CommandMeta = {
      commandId,
      tenant: this.#tenant,
      actorId: identity.userId,
      deviceId: identity.deviceId,
      sessionId: identity.sessionId,
      at: timestampOf(Date.now()),
      correlationId,
    };
    const outcome = await this.#publisher.send(
      { type: contract.type, data: target.data, meta },
      { service: target.service, aggregateId: target.aggregateId, deadlineMs: COMMAND_DEADLINE_MS, onStored },
    );
    // The service answers by the contract; both sides are built from it.
    return outcome as Outcome<z.output<C['answer']>, C['rejections'][number]>;
  }
}
