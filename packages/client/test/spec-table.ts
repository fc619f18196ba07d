import { readFileSync } from 'node:fs';

export const SPEC = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');

/** A table of SPEC.md, by its heading: what follows from a state and an event, `–` for nothing. */
export function specTable(heading: string): (state: string, event: string) => string {
  const section = SPEC.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return (state, event) => {
    const cell = rows.find(([name]) => name === state)?.[head.indexOf(event)];
    if (cell === undefined) throw new Error(`${heading} says nothing of ${event} in ${state}.`);
    return cell === '–' ? state : cell;
  };
}
