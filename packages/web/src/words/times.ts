import type { Words } from './en.ts';

const DAY_MS = 24 * 60 * 60_000;

export function clockTime(at: string, { locale }: Words): string {
  return new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
}

/** The day, as a timeline heads it. */
export function dayText(at: string, words: Words, now = new Date()): string {
  const day = new Date(at);
  if (isSameDay(day, now)) return words.today;
  if (isSameDay(day, new Date(now.getTime() - DAY_MS))) return words.yesterday;
  return day.toLocaleDateString(words.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(day.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
  });
}

/** When something was, as short as a list has room for. */
export function shortTime(at: string, words: Words, now = new Date()): string {
  const day = new Date(at);
  if (isSameDay(day, now)) return clockTime(at, words);
  const isThisWeek = now.getTime() - day.getTime() < 6 * DAY_MS;
  if (isThisWeek) return day.toLocaleDateString(words.locale, { weekday: 'short' });
  return day.toLocaleDateString(words.locale, { day: 'numeric', month: 'numeric', year: '2-digit' });
}

export function fullTime(at: string, { locale }: Words): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

export function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}
