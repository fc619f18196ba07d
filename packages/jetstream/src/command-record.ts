import type { Outcome } from '@parley/contracts';

/** A command as it lies in a record: parsed and checked by the service that takes it out. */
export interface CarriedCommand {
  /** Names this try in the answer; a retry of the same command has another one. */
  readonly ref: string;
  readonly aggregateId: string;
  readonly command: unknown;
}

/** What is stored in the work queue: the commands of one partition that arrived while a publish was under way. */
export interface CommandRecord {
  /** The instance that waits for the outcomes. */
  readonly replyTo: string;
  readonly commands: readonly CarriedCommand[];
}

/** The outcomes of one record, in one message to the instance that wrote it. */
export interface OutcomeRecord {
  readonly outcomes: readonly { readonly ref: string; readonly outcome: Outcome }[];
}

const decoder = new TextDecoder();

/** A record's JSON, or undefined where it is none of ours: then it is poison. */
export function parseCommandRecord(data: Uint8Array): CommandRecord | undefined {
  try {
    const record = JSON.parse(decoder.decode(data)) as Partial<CommandRecord> | null;
    const commands = record?.commands;
    if (typeof record?.replyTo !== 'string' || !Array.isArray(commands)) return undefined;
    const sound = commands.every(
      (one: Partial<CarriedCommand> | null) =>
        typeof one?.ref === 'string' && typeof one.aggregateId === 'string',
    );
    return sound ? { replyTo: record.replyTo, commands: commands as readonly CarriedCommand[] } : undefined;
  } catch {
    return undefined;
  }
}

/** An outcome record's JSON, or undefined where it is none of ours. */
export function parseOutcomeRecord(data: Uint8Array): OutcomeRecord | undefined {
  try {
    const record = JSON.parse(decoder.decode(data)) as Partial<OutcomeRecord> | null;
    const outcomes = record?.outcomes;
    if (!Array.isArray(outcomes)) return undefined;
    const sound = (outcomes as (Partial<OutcomeRecord['outcomes'][number]> | null)[]).every(
      (one) => typeof one?.ref === 'string' && typeof one.outcome?.kind === 'string',
    );
    return sound ? { outcomes } : undefined;
  } catch {
    return undefined;
  }
}
