import { Cell } from './cell.ts';

export type Language = 'en' | 'vi';
export type Theme = 'light' | 'dark' | 'system';

/** What this device keeps for itself. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const KEY = 'parley.preferences';
const darkScreen = matchMedia('(prefers-color-scheme: dark)');

export const preferences = new Cell<Preferences>(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.update((kept) => ({ ...kept, ...change }));
  localStorage.setItem(KEY, JSON.stringify(preferences.get()));
}

/** Shows the page as it is preferred, from now on. */
export function applyPreferences(): void {
  const apply = () => {
    const { theme, language } = preferences.get();
    const isDark = theme === 'dark' || (theme === 'system' && darkScreen.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
    document.documentElement.lang = language;
  };
  preferences.subscribe(apply);
  darkScreen.addEventListener('change', apply);
  apply();
}

function read(): Preferences {
  const language = navigator.language.startsWith('vi') ? 'vi' : 'en';
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    return { language, theme: 'system', ...kept };
  } catch {
    return { language, theme: 'system' };
  }
}
