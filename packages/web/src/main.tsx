import './without-eval.ts';

import { createRoot } from 'react-dom/client';

import { App } from './app.tsx';
import { applyPreferences } from './state/preferences.ts';
import { start } from './state/session.ts';

const element = document.querySelector('#app');
if (element === null) throw new Error('The page has no place for the app.');
applyPreferences();
void start();
createRoot(element).render(<App />);
