/** How parts of a line look. Without colour every one of them is the text itself. */
export interface Style {
  readonly dim: (text: string) => string;
  readonly name: (text: string) => string;
  readonly own: (text: string) => string;
  readonly read: (text: string) => string;
  readonly unread: (text: string) => string;
}

export function styleFor(hasColour: boolean): Style {
  const painted = (code: number) => (text: string) => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { dim: painted(2), name: painted(1), own: painted(36), read: painted(34), unread: painted(33) };
}
