import type { AnswerOf, Outcome, QueryContract, QueryOf } from '@parley/contracts';

/** A command of identity as it arrives: by request and reply, in the shape of a question. */
export type Asked<C extends QueryContract> = Pick<QueryOf<C>, 'data' | 'meta'>;

export type OutcomeOf<C extends QueryContract> = Outcome<AnswerOf<C>, C['rejections'][number]>;
