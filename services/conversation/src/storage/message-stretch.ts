/** So many numbers of a conversation are a stretch, whose messages are counted together. */
export const STRETCH_SEQ_COUNT = 256;

export function stretchOf(seq: number): number {
  return Math.floor(seq / STRETCH_SEQ_COUNT);
}
