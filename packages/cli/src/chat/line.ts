/** What a typed line asks for. */
export type Line =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: 'nothing' };

/** A line that starts with a slash is a command; two slashes say a text that starts with one. */
export function readLine(line: string): Line {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('//')) return { kind: 'say', text: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'say', text };
  const [name = '', ...words] = text.slice(1).split(/\s+/);
  return { kind: 'command', name: name.toLowerCase(), words };
}

/** Splits `Weekend trip @an @binh` into what is said and the user names. */
export function namesIn(words: readonly string[]): {
  readonly text: string;
  readonly usernames: readonly string[];
} {
  const usernames = words.filter((word) => word.startsWith('@')).map((word) => word.slice(1).toLowerCase());
  return { text: words.filter((word) => !word.startsWith('@')).join(' '), usernames };
}
