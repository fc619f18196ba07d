export interface RateSearch {
  readonly startRate: number;
  /** Each step of the ramp is so many times the one before. */
  readonly factor: number;
  readonly rateMin: number;
  readonly rateMax: number;
  /** How often the gap between the best and the worst is halved. */
  readonly bisectCount: number;
  /** Whether the system bears a rate. */
  readonly bears: (ratePerSecond: number) => Promise<boolean>;
}

/**
 * The highest rate that a system bears: up in steps until it fails (or down until it does not), then by halves
 * between. One failure may be a neighbour's noise, so a rate has failed when it fails twice.
 * @returns 0 when it does not even bear the lowest rate.
 */
export async function findMaxRate(search: RateSearch): Promise<number> {
  const { startRate, factor, rateMin, rateMax } = search;
  const bears = async (rate: number) => (await search.bears(rate)) || (await search.bears(rate));
  let best = 0;
  let worst: number | undefined;
  for (let rate = startRate; rate <= rateMax && worst === undefined; rate = Math.round(rate * factor)) {
    if (await bears(rate)) best = rate;
    else worst = rate;
  }
  for (let rate = startRate / factor; best === 0 && rate >= rateMin; rate /= factor) {
    if (await bears(Math.round(rate))) best = Math.round(rate);
    else worst = Math.round(rate);
  }
  if (worst === undefined || best === 0) return best;
  for (let step = 0; step < search.bisectCount; step += 1) {
    const middle = Math.round((best + worst) / 2);
    if (await bears(middle)) best = middle;
    else worst = middle;
  }
  return best;
}
