import { join } from 'node:path';

/** Where `pnpm build` puts the app: files to serve under `/chat/`. */
export const WEB_APP_DIRECTORY = join(import.meta.dirname, 'dist');
