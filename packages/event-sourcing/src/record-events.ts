import { type AggregateId, type CommandMeta, newId, type StoredEvent } from '@parley/contracts';

/** Puts decided facts into their envelopes: who, when and why come from the command, numbers from the tail. */
export function recordEvents<Fact extends { readonly type: string; readonly data: unknown }>(
  facts: readonly Fact[],
  meta: CommandMeta,
  target: { readonly aggregateId: AggregateId; readonly seq?: number },
): StoredEvent<Fact>[] {
  return facts.map((fact, index) => ({
    ...fact,
    id: newId('evt'),
    v: 1,
    tenant: meta.tenant,
    aggregateId: target.aggregateId,
    ...(target.seq === undefined ? {} : { seq: target.seq + index + 1 }),
    actorId: meta.actorId,
    at: meta.at,
    causationId: meta.commandId,
    correlationId: meta.correlationId,
  }));
}
