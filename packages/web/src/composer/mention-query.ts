/** What is being typed after an `@`, up to the caret; nothing where no mention is being typed. */
export function mentionQuery(text: string, caret: number): string | undefined {
  const match = /(?:^|[\s(])@([^\s@]*(?: [^\s@]*)?)$/u.exec(text.slice(0, caret));
  return match?.[1];
}

/** The text with the query replaced by a name, and where the caret is then. */
export function withMention(
  text: string,
  caret: number,
  name: string,
): { readonly text: string; readonly caret: number } {
  const query = mentionQuery(text, caret) ?? '';
  const start = caret - query.length - 1;
  const inserted = `${name} `;
  return { text: text.slice(0, start) + inserted + text.slice(caret), caret: start + inserted.length };
}

/** Without accents and capitals: `binh` finds `Bình`. */
export function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
}
