/** Buckets per doubling: a percentile is at most 2.2 % above the true value. */
const BUCKETS_PER_OCTAVE = 32;
const OCTAVE_COUNT = 30;
const US_PER_MS = 1_000;

/** Counts of times from a microsecond to a quarter of an hour, in buckets that grow with the time. */
export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS_PER_OCTAVE * OCTAVE_COUNT);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  record(ms: number): void {
    const bucket = Math.floor(Math.log2(Math.max(1, ms * US_PER_MS)) * BUCKETS_PER_OCTAVE);
    const index = Math.min(bucket, this.#counts.length - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
  }

  /** The time that this share of all does not exceed, in ms; undefined when nothing was recorded. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    let bucket = -1;
    while (seen < wanted) {
      bucket += 1;
      seen += this.#counts[bucket] ?? 0;
    }
    return 2 ** ((bucket + 1) / BUCKETS_PER_OCTAVE) / US_PER_MS;
  }
}
