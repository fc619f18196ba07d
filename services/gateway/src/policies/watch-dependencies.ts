import type { Degradation, Part } from './degradation.ts';

const LOOK_EVERY_MS = 1_000;
/** One failure may be a hiccup; so many in a row are an outage. */
const FAILURE_COUNT_MIN = 2;

/** Says whether a part works, by using it. */
export type Look = () => Promise<boolean>;

/** Looks again and again whether what others keep is there, and tells when that changes. */
export function watchDependencies(
  degradation: Degradation,
  looks: Readonly<Partial<Record<Part, Look>>>,
): { stop(): void } {
  const failures = new Map<Part, number>();
  let isStopped = false;
  let timer: NodeJS.Timeout;

  const lookAt = async (part: Part, look: Look) => {
    const works = await look().catch(() => false);
    const count = works ? 0 : (failures.get(part) ?? 0) + 1;
    failures.set(part, count);
    if (isStopped) return;
    if (count === 0) degradation.set(part, false);
    if (count >= FAILURE_COUNT_MIN) degradation.set(part, true);
  };
  const lookAtAll = async () => {
    // Without the broker nobody can be asked, and it is told that it is away.
    if (!degradation.isAway('nats')) {
      await Promise.all((Object.entries(looks) as [Part, Look][]).map(([part, look]) => lookAt(part, look)));
    }
    if (!isStopped) timer = setTimeout(() => void lookAtAll(), LOOK_EVERY_MS);
  };
  timer = setTimeout(() => void lookAtAll(), LOOK_EVERY_MS);

  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
