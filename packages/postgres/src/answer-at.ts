import { failed, type Outcome, type Positions } from '@parley/contracts';
import { type LogName, positionIn } from '@parley/event-sourcing';

/** How long a question waits for a read model to include the position that its asker has seen. */
const POSITION_WAIT_MS_MAX = 2_000;

/** A read model that can be waited for. */
export interface FollowedModel {
  waitFor(position: number, deadlineMs: number): Promise<boolean>;
}

/** The read models that an answer is made of, by the log that each folds. */
export type Following = { readonly [Log in LogName]?: readonly FollowedModel[] };

/**
 * Answers once every read model includes what is asked of its log, or says that they are behind it. A position of
 * one log says nothing about models of another.
 */
export async function answerAt<Answer, Rejection extends string>(
  minPosition: Positions | undefined,
  following: Following,
  answer: () => Promise<Outcome<Answer, Rejection>>,
): Promise<Outcome<Answer, Rejection>> {
  const waits = Object.entries(following).flatMap(([log, models]) => {
    const position = positionIn(log as LogName, minPosition);
    return position === 0 ? [] : models.map((model) => model.waitFor(position, POSITION_WAIT_MS_MAX));
  });
  const reached = await Promise.all(waits);
  return reached.every(Boolean) ? answer() : failed('read-model-behind');
}
