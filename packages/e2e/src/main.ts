import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { buildWebApp, findChromium, seedDemo, startInfra, startSystem } from '@parley/local';

import { launchBrowser } from './web/launch-browser.ts';
import { takeScreenshots } from './web/screenshots.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '..', 'docs', 'screenshots');

/** Makes the pictures of the documentation, of a system of its own with the demo in it. */
await buildWebApp();
await using infra = await startInfra();
await using system = await startSystem({ infra, processes: 'together' });
const [url = ''] = system.gatewayUrls;
await seedDemo(url);
await mkdir(DIRECTORY, { recursive: true });
const browser = await launchBrowser(await findChromium());
try {
  await takeScreenshots({ browser, url, directory: DIRECTORY });
} finally {
  await browser.close();
}
