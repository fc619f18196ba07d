import {
  type AnswerOf,
  type attachFiles,
  type checkPicture,
  type CommandMeta,
  type FileDescription,
  type FileEvent,
  type FileId,
  fileKindOf,
  type FileView,
  ok,
  type Outcome,
  type QueryMeta,
  refused,
  type registerFile,
  type Tenant,
  timestampOf,
  type UserId,
} from '@parley/contracts';
import {
  AggregateCache,
  type AggregateDefinition,
  type EventStore,
  formatPosition,
  handleCommand,
  loadAggregate,
  runDecision,
} from '@parley/event-sourcing';
import type { z } from 'zod';

import { type attachFile, type FileState, file } from '../domain/file.decider.ts';

const FILE_COUNT_MAX = 5_000;

type OutcomeOf<C extends { readonly answer: z.ZodType; readonly rejections: readonly string[] }> = Outcome<
  AnswerOf<C>,
  C['rejections'][number]
>;

/** Who asks: the gateway in a person's name, or the message service in its sender's. */
interface Asked<C extends { readonly input: z.ZodType }> {
  readonly data: z.output<C['input']>;
  readonly meta: QueryMeta;
}

/**
 * What is done to files. It comes by request and reply and not by a queue: each act names the file it means, so
 * asking again is the way on from an answer that got lost, and two files need no order.
 */
export class FileCommands {
  readonly #definition: AggregateDefinition<
    FileState,
    typeof registerFile | typeof attachFile,
    FileEvent,
    FileEvent
  >;
  readonly #cache = new AggregateCache<FileState>(FILE_COUNT_MAX);
  readonly #tenant: Tenant;

  constructor(store: EventStore<FileEvent>, tenant: Tenant) {
    this.#definition = { decider: file, store, lanes: ['a'] };
    this.#tenant = tenant;
  }

  async register({ data, meta }: Asked<typeof registerFile>): Promise<OutcomeOf<typeof registerFile>> {
    const { fileId } = data;
    const command = { type: 'file.register', data, meta: this.#metaOf(meta, `register:${fileId}`) } as const;
    const { decision, recorded, after } = await handleCommand(this.#definition, this.#cache, {
      aggregateId: fileId,
      command,
    });
    if (!decision.accepted) {
      return refused(decision.code as (typeof registerFile)['rejections'][number], decision.details);
    }

    const { at, position } = recorded[0] ?? { at: await this.#registeredAt(fileId), ...after };
    return ok(viewOf(fileId, after.state, at), formatPosition('file', position));
  }

  /** All or none: nothing is appended before every file is found to be free for this message. */
  async attach({ data, meta }: Asked<typeof attachFiles>): Promise<OutcomeOf<typeof attachFiles>> {
    const { fileIds, ...to } = data;
    const commands = fileIds.map((fileId) => ({
      type: 'file.attach' as const,
      data: { ...to, fileId },
      meta: this.#metaOf(meta, `attach:${fileId}:${to.messageId}`),
    }));
    for (const command of commands) {
      const { state } = await loadAggregate(this.#definition, command.data.fileId);
      const decision = runDecision(file, state, command);
      if (!decision.accepted) return refusedAttaching(decision.code);
    }

    const files: (FileDescription & { readonly fileId: FileId })[] = [];
    for (const command of commands) {
      const { fileId } = command.data;
      const handled = await handleCommand(this.#definition, this.#cache, { aggregateId: fileId, command });
      // Between the look and here another message of the owner may have taken it.
      if (!handled.decision.accepted) return refusedAttaching(handled.decision.code);
      const { state } = handled.after;
      if (state.status === 'registered') files.push({ ...state.description, fileId });
    }
    return ok({ files });
  }

  /** Asked by who shows a picture of their own, which is nothing that happens to the file. */
  async checkPicture({
    data: { userId, fileId },
  }: Asked<typeof checkPicture>): Promise<OutcomeOf<typeof checkPicture>> {
    const { state } = await loadAggregate(this.#definition, fileId);
    if (state.status === 'unknown' || state.ownerId !== userId) return refused('file-not-found');
    return fileKindOf(state.description.mediaType) === 'image' ? ok({}) : refused('file-of-another-kind');
  }

  async #registeredAt(fileId: FileId) {
    const [first] = await this.#definition.store.readLane(fileId, 'a', { upTo: Number.MAX_SAFE_INTEGER });
    if (first === undefined) throw new Error('a registered file has no first event');
    return first.at;
  }

  #metaOf({ actorId, correlationId }: QueryMeta, commandId: string): CommandMeta {
    if (actorId === undefined) throw new Error('nobody can own a file');
    return { commandId, tenant: this.#tenant, actorId, at: timestampOf(Date.now()), correlationId };
  }
}

function viewOf(fileId: FileId, state: FileState, registeredAt: FileView['registeredAt']): FileView {
  const { ownerId, description, attachedTo } = registered(state);
  const kind = fileKindOf(description.mediaType) ?? 'document';
  return { ...description, fileId, ownerId, kind, registeredAt, isAttached: attachedTo !== undefined };
}

function registered(
  state: FileState,
): FileState & { readonly status: 'registered'; readonly ownerId: UserId } {
  if (state.status === 'unknown') throw new Error('an accepted registration left no file');
  return state;
}

function refusedAttaching(code: string): OutcomeOf<typeof attachFiles> {
  return refused(code as (typeof attachFiles)['rejections'][number]);
}
