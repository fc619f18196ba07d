import {
  clientEvents,
  type ClientEventContract,
  errorCodes,
  type RouteContract,
  routes,
} from '@parley/contracts';

import { asyncApiDocument } from './asyncapi.ts';
import { openApiDocument } from './openapi.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Everything a client may ask and hear, as one page to read: no script, nothing from elsewhere. It is made of the
 * two documents, so it says what they say.
 */
export function apiPage(): string {
  const rest = openApiDocument();
  const sockets = asyncApiDocument();
  const schemas = { ...schemasOf(rest), ...schemasOf(sockets) };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley: the interface</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<nav aria-label="Contents">
<h1>Parley</h1>
<p>As documents: <a href="/openapi.json">OpenAPI 3.1</a>, <a href="/asyncapi.json">AsyncAPI 3.1</a></p>
<ul>
${groups()
  .map(([group]) => `<li><a href="#rest-${text(group)}">${text(group)}</a></li>`)
  .join('\n')}
<li><a href="#asked">Sockets: what a client asks</a></li>
<li><a href="#said">Sockets: what the server says</a></li>
<li><a href="#errors">Errors</a></li>
<li><a href="#schemas">Schemas</a></li>
</ul>
</nav>
<main>
${groups()
  .map(([group, all]) => groupSection(group, all, rest))
  .join('\n')}
<section id="asked"><h2>Sockets: what a client asks</h2>
<p>Namespace <code>/chat</code>, Socket.IO 4. Each event takes an ack: <code>{ ok: true, data }</code> or <code>{ ok: false, error }</code>.</p>
${Object.entries(clientEvents)
  .map(([name, contract]) => askedEvent(name, contract, sockets))
  .join('\n')}
</section>
<section id="said"><h2>Sockets: what the server says</h2>
${saidNames(sockets)
  .map((name) => entry(name, summaryOf(sockets, name), [['Payload', payloadOf(sockets, name)]]))
  .join('\n')}
</section>
<section id="errors"><h2>Errors</h2>
<table><thead><tr><th>Code</th><th>HTTP</th><th>Definite</th></tr></thead><tbody>
${Object.entries(errorCodes)
  .map(
    ([code, { status, definite }]) =>
      `<tr><td><code>${code}</code></td><td>${status}</td><td>${definite ? 'yes' : 'no'}</td></tr>`,
  )
  .join('\n')}
</tbody></table>
</section>
<section id="schemas"><h2>Schemas</h2>
${Object.entries(schemas)
  .map(([name, schema]) => `<div id="schema-${name}">${entry(name, '', [['', schema]])}</div>`)
  .join('\n')}
</section>
</main>
</body>
</html>
`;
}

export const apiPageStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; display: grid; grid-template-columns: 16rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; box-sizing: border-box; }
nav ul { list-style: none; padding: 0; }
main { padding: 1rem 2rem 4rem; max-width: 60rem; }
details { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px; margin: .5rem 0; }
summary { padding: .5rem .75rem; cursor: pointer; }
summary:focus-visible, a:focus-visible { outline: 2px solid; outline-offset: 2px; }
details > div { padding: 0 .75rem .75rem; overflow: auto; }
pre, code { font: 13px/1.45 ui-monospace, monospace; }
pre { margin: 0; white-space: pre-wrap; }
td, th { text-align: left; padding: .15rem 1rem .15rem 0; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
`;

function groups(): [string, [string, RouteContract][]][] {
  const all: [string, RouteContract][] = Object.entries(routes);
  const byWord = Map.groupBy(all, ([, { path }]) => path.split('/')[1] ?? '');
  return [...byWord];
}

function groupSection(group: string, all: readonly [string, RouteContract][], document: Json): string {
  const entries = all.map(([name, route]) => restEntry(name, route, document)).join('\n');
  return `<section id="rest-${text(group)}"><h2>${text(group)}</h2>\n${entries}\n</section>`;
}

function restEntry(name: string, route: RouteContract, document: Json): string {
  const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
  const operation = dig(document, 'paths', path, route.method.toLowerCase());
  const parts: [string, unknown][] = [
    ['Parameters', dig(operation, 'parameters')],
    ['Body', dig(operation, 'requestBody', 'content', 'application/json', 'schema')],
    [
      `Answer ${route.status}`,
      dig(operation, 'responses', String(route.status), 'content', 'application/json', 'schema'),
    ],
  ];
  const who = route.auth === 'none' ? 'anybody' : 'signed in';
  return entry(`${route.method} ${route.path}`, `${route.summary} (${name}, ${who})`, parts);
}

function askedEvent(name: string, { confirmedBy }: ClientEventContract, document: Json): string {
  const confirmed = confirmedBy ? ` Without an ack confirmed by ${confirmedBy.success}.` : '';
  return entry(name, `${summaryOf(document, name)}${confirmed}`, [
    ['Payload', payloadOf(document, name)],
    ['Ack', payloadOf(document, `${name}.ack`)],
  ]);
}

function saidNames(document: Json): string[] {
  const operations = dig(document, 'operations') as Readonly<Record<string, { readonly action: string }>>;
  return Object.entries(operations).flatMap(([name, { action }]) =>
    action === 'send' ? [name.replace(/^say_/, '')] : [],
  );
}

function payloadOf(document: Json, name: string): unknown {
  return dig(document, 'components', 'messages', name, 'payload');
}

function summaryOf(document: Json, name: string): string {
  return dig(document, 'components', 'messages', name, 'summary') as string;
}

function schemasOf(document: Json): Json {
  return dig(document, 'components', 'schemas') as Json;
}

function entry(title: string, note: string, parts: readonly (readonly [string, unknown])[]): string {
  const shown = parts
    .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
    .map(
      ([head, value]) =>
        `<div>${head === '' ? '' : `<h4>${text(head)}</h4>`}<pre>${linked(value)}</pre></div>`,
    );
  return `<details><summary><code>${text(title)}</code> ${text(note)}</summary>${shown.join('')}</details>`;
}

/** JSON to read, in which a reference leads to its schema. */
function linked(value: unknown): string {
  return text(JSON.stringify(value, undefined, 2)).replaceAll(
    /#\/components\/schemas\/(\w+)/g,
    '<a href="#schema-$1">$1</a>',
  );
}

function dig(from: unknown, ...keys: readonly string[]): unknown {
  let value = from;
  for (const key of keys) value = (value as Json | undefined)?.[key];
  return value;
}

function text(raw: string): string {
  return raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
