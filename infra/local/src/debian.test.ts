import { describe, expect, test } from 'vitest';

import { aptConfiguration, debianMirror, packagesToUnpack } from './debian.ts';

describe("the machine's own mirror", () => {
  test('is read from the one-line notation', () => {
    expect(debianMirror('deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main')).toBe(
      'http://mirror.example/debian',
    );
  });

  test('is read from the notation with fields, with or without a slash at its end', () => {
    expect(debianMirror('Types: deb\nURIs: https://mirror.example/debian/\nSuites: trixie')).toBe(
      'https://mirror.example/debian',
    );
  });

  test('is not the security archive, nor what another vendor offers, nor a comment', () => {
    const sources = [
      '# deb http://old.example/debian bookworm main',
      'deb http://mirror.example/debian-security bookworm-security main',
      'deb https://packages.example.com/apt stable main',
    ];
    expect(debianMirror(sources.join('\n'))).toBeUndefined();
  });
});

test('of a package’s dependencies only its own tools and libraries are unpacked', () => {
  const listing = `redis-server
  Depends: redis-tools
  Depends: <debconf-2.0>
redis-tools
  Depends: libc6
libc6
libjemalloc2
libssl3:amd64
systemd
<debconf-2.0>
lsb-base`;

  expect(packagesToUnpack('redis-server', listing)).toEqual(['redis-tools', 'libjemalloc2', 'libssl3']);
});

test('the private apt clears the hooks of the machine and writes into its own folder only', () => {
  const text = aptConfiguration('/cache/apt');

  expect(text).toContain('#clear APT::Update::Post-Invoke-Success;');
  const folders = [...text.matchAll(/^Dir::\S+ "([^"]+)"/gm)].map((match) => match[1]);
  expect(folders.every((folder) => folder?.startsWith('/cache/apt/'))).toBe(true);
});
