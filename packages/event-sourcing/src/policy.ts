import type { RecordedEvent } from '@parley/contracts';

/**
 * Whenever this happens, that follows. `Effect` is what it asks for: commands, or facts for another log.
 * Redelivery is harmless because each effect carries an id made of the event's own.
 */
export interface Policy<Event extends { readonly type: string; readonly data: unknown }, Effect> {
  readonly name: string;
  readonly whenever: {
    readonly [T in Event['type']]?: (event: RecordedEvent<Extract<Event, { type: T }>>) => readonly Effect[];
  };
}
