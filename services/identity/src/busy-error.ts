/** As much work is waiting as may wait. Definite: nothing was done. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}
