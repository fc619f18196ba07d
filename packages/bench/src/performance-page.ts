import { readFile, writeFile } from 'node:fs/promises';

const HEAD =
  '# Performance\n\nThe tables between the markers are written by `pnpm bench`; everything else by hand.\n';

/** Writes one generated section of the page and leaves every other word as it is. */
export async function writeSection(file: string, name: string, body: string): Promise<void> {
  const page = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return HEAD;
    throw error;
  });
  await writeFile(file, replaceSection(page, name, body));
}

/** The page with this section in its place, or at the end where it had none. */
export function replaceSection(page: string, name: string, body: string): string {
  const [begin, end] = [`<!-- bench:${name} begin -->`, `<!-- bench:${name} end -->`];
  const section = `${begin}\n${body.trim()}\n${end}`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${section}\n`;
  return page.slice(0, from) + section + page.slice(to + end.length);
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function inMs(value: number | undefined): string {
  if (value === undefined) return '–';
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
