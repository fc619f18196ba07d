/** Something that a person can read and mend. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
