import { useCell } from '../state/cell.ts';
import { type Language, preferences } from '../state/preferences.ts';
import { en, type Words } from './en.ts';
import { vi } from './vi.ts';

const languages: Readonly<Record<Language, Words>> = { en, vi };

export function useWords(): Words {
  return languages[useCell(preferences).language];
}

/** For what is said outside of a screen. */
export function wordsNow(): Words {
  return languages[preferences.get().language];
}
