import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

const SECRET_BYTES = 24;

export type Secrets = Readonly<Record<string, string>>;

/** A random password per name, made once and kept where only we can read it. */
export async function keptSecrets(file: string, names: readonly string[]): Promise<Secrets> {
  const kept = await readSecrets(file);
  const secrets = Object.fromEntries(names.map((name) => [name, kept[name] ?? newSecret()]));
  const draft = `${file}.${process.pid}.part`;
  await writeFile(draft, JSON.stringify({ ...kept, ...secrets }), { mode: 0o600 });
  await rename(draft, file);

  return secrets;
}

/** Letters that need no escaping in a URL, a configuration file or SQL. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

async function readSecrets(file: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Secrets;
  } catch {
    return {};
  }
}
