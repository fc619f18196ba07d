import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const FILE_COUNT_MAX = 500;
const ASSET_AGE_S = 365 * 24 * 60 * 60;
/** Smaller ones gain nothing. */
const GZIP_BYTES_MIN = 1_024;

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Nothing but the app's own files, no markup made of text, and no page that frames it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

interface WebFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer | undefined;
}

/**
 * The web app under `/chat/`, from its built files, which are read once. Every path that names no file is a place in
 * the app. Without a build there is no such route.
 */
export function serveWebApp(app: FastifyInstance, directory: string): void {
  const files = readFiles(directory);
  const page = files.get('index.html');
  if (page === undefined) return;

  app.get('/chat', async (_, reply) => reply.redirect('/chat/', 308));
  app.get<{ Params: { '*': string } }>('/chat/*', async (request, reply) => {
    const path = request.params['*'];
    const file = files.get(path);
    if (file !== undefined && path !== 'index.html') {
      // The name of what stands in this folder changes with what is in it.
      const age = path.startsWith('assets/') ? `public, max-age=${ASSET_AGE_S}, immutable` : 'no-cache';
      return send(file, { request, reply, age });
    }
    // A file of an earlier build, asked for by a page of then: gone, and not the page once more.
    if (path.startsWith('assets/')) return reply.callNotFound();
    return send(page, { request, reply, age: 'no-cache' });
  });
}

function send(
  { type, plain, zipped }: WebFile,
  {
    request,
    reply,
    age,
  }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly age: string },
): FastifyReply {
  const mayZip = zipped !== undefined && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return reply
    .type(type)
    .headers({
      'cache-control': age,
      'content-security-policy': POLICY,
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(self), microphone=(), payment=()',
      vary: 'Accept-Encoding',
      ...(mayZip ? { 'content-encoding': 'gzip' } : {}),
    })
    .send(mayZip ? zipped : plain);
}

function readFiles(directory: string): ReadonlyMap<string, WebFile> {
  const paths = filesIn(directory);
  if (paths.length > FILE_COUNT_MAX) throw new Error(`${directory} holds more than ${FILE_COUNT_MAX} files.`);
  return new Map(
    paths.flatMap((path): [string, WebFile][] => {
      const type = mediaTypes[extname(path)];
      if (type === undefined) return [];
      const plain = readFileSync(path);
      const zipped = plain.length < GZIP_BYTES_MIN ? undefined : gzipSync(plain);
      return [[relative(directory, path).split(sep).join('/'), { type, plain, zipped }]];
    }),
  );
}

function filesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
