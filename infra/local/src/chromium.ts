import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { cacheDirectory, exists } from './cache.ts';
import { hasDebianTools, libraryPath, unpackDebianPackage } from './debian.ts';
import { pathDirectories } from './find-programs.ts';
import { PartUnavailableError } from './provider-chain.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Latin with all Vietnamese letters, Chinese, Japanese and Korean, and pictures for emojis: what a chat shows. */
const FONTS = ['fonts-noto-core', 'fonts-droid-fallback', 'fonts-noto-color-emoji'];
const FONTS_FILE = 'parley-fonts.conf';

export interface Chromium {
  readonly executablePath: string;
  /** The environment it is started with. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A Chromium for tests and screenshots: the machine's own, else Debian's package, unpacked into the cache with its
 * libraries and fonts. Nothing is installed.
 * @throws {PartUnavailableError} where there is neither.
 */
export async function findChromium(environment = process.env): Promise<Chromium> {
  const paths = pathDirectories(environment).flatMap((directory) =>
    NAMES.map((name) => join(directory, name)),
  );
  for (const path of paths) {
    if (await exists(path)) return { executablePath: path, env: environment };
  }
  if (process.platform !== 'linux' || !(await hasDebianTools())) {
    throw new PartUnavailableError(
      'There is no Chromium on the PATH, and this is no Debian to fetch one from.',
    );
  }
  const { executablePath, env } = await unpackedChromium(cacheDirectory(environment));
  return { executablePath, env: { ...environment, ...env } };
}

async function unpackedChromium(cacheDir: string): Promise<Chromium> {
  const root = await unpackDebianPackage({ name: 'chromium', withLibraries: true, beside: FONTS, cacheDir });
  const libraries = await libraryPath(root);
  const fontsFile = join(root, FONTS_FILE);
  await writeFile(fontsFile, fontConfiguration(root, cacheDir));
  return {
    executablePath: join(root, 'usr', 'lib', 'chromium', 'chromium'),
    env: { LD_LIBRARY_PATH: withPrivateLibraries(libraries), FONTCONFIG_FILE: fontsFile },
  };
}

/** Some libraries keep parts of themselves in a folder that they know by its place on a whole system. */
function withPrivateLibraries(libraries: string): string {
  const folders = libraries.split(delimiter);
  return [...folders, ...folders.map((folder) => join(folder, 'pulseaudio'))].join(delimiter);
}

/** Only the fonts that were unpacked, so that a picture is the same on every machine. */
function fontConfiguration(root: string, cacheDir: string): string {
  return [
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>',
    `<dir>${join(root, 'usr', 'share', 'fonts')}</dir>`,
    `<cachedir>${join(cacheDir, 'fontconfig')}</cachedir>`,
    prefer('sans-serif', ['Noto Sans', 'Droid Sans Fallback', 'Noto Color Emoji']),
    prefer('system-ui', ['Noto Sans', 'Droid Sans Fallback', 'Noto Color Emoji']),
    prefer('monospace', ['Noto Sans Mono', 'Droid Sans Fallback']),
    '</fontconfig>',
    '',
  ].join('\n');
}

function prefer(family: string, fonts: readonly string[]): string {
  const families = fonts.map((font) => `<family>${font}</family>`).join('');
  return `<alias><family>${family}</family><prefer>${families}</prefer></alias>`;
}
