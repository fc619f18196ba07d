import { foldText, type IdentityEvent } from '@parley/contracts';
import type { Projection } from '@parley/event-sourcing';
import { sql } from 'kysely';

import type { IdentityDb } from '../storage/schema.ts';

/** Who exists, and under which names: one row per person. */
export const people: Projection<IdentityEvent, IdentityDb> = {
  name: 'people',
  log: 'user',
  tables: ['person'],

  on: {
    'identity.account-registered': (tx, events) =>
      sql`
        insert into person (tenant, user_id, username, display_name, display_name_folded)
        select * from unnest(
          ${events.map(({ tenant }) => tenant)}::text[],
          ${events.map(({ data }) => data.userId)}::text[],
          ${events.map(({ data }) => data.username)}::text[],
          ${events.map(({ data }) => data.displayName)}::text[],
          ${events.map(({ data }) => foldText(data.displayName))}::text[]
        )`.execute(tx),

    'identity.profile-changed': (tx, events) => {
      // Several changes of one person in a batch: the last one stands.
      const last = [
        ...new Map(events.map((event) => [`${event.tenant} ${event.data.userId}`, event])).values(),
      ];
      return sql`
        update person
        set display_name = changed.display_name, display_name_folded = changed.display_name_folded
        from unnest(
          ${last.map(({ tenant }) => tenant)}::text[],
          ${last.map(({ data }) => data.userId)}::text[],
          ${last.map(({ data }) => data.displayName)}::text[],
          ${last.map(({ data }) => foldText(data.displayName))}::text[]
        ) as changed (tenant, user_id, display_name, display_name_folded)
        where person.tenant = changed.tenant and person.user_id = changed.user_id`.execute(tx);
    },
  },
};
