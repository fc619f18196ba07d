import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';

/** How a token differs from a good one. `null` takes a field away. */
export interface Forgery {
  readonly text?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly sign?: string;
  readonly cut?: 'signature' | 'payload';
}

/** Makes tokens like a good one, but for what is wrong with them. Has the real key, so only that can be the reason. */
export function forger(goodToken: string, signingKeyFile: string): (forgery: Forgery) => string {
  const jwk = JSON.parse(readFileSync(signingKeyFile, 'utf8')) as JsonWebKey;
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const pem = String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }));
  const another = generateKeyPairSync('ed25519').privateKey;
  const [header, claims] = goodToken.split('.').slice(0, 2).map(decoded);
  const signers: Readonly<Record<string, (data: Buffer) => Buffer>> = {
    'the real key': (data) => sign(null, data, privateKey),
    'another key': (data) => sign(null, data, another),
    zeros: () => Buffer.alloc(64),
    none: () => Buffer.alloc(0),
    'public key as secret': hmac(pem),
    'public key as secret, without the last newline': hmac(pem.trimEnd()),
    'public x as secret': hmac(String(jwk['x'])),
  };

  return (forgery) => {
    if (forgery.text !== undefined) return forgery.text;
    const signed = `${changed(header, forgery.header)}.${changed(claims, forgery.claims)}`;
    const signer = signers[forgery.sign ?? 'the real key'];
    if (signer === undefined) throw new Error(`nobody signs with ${forgery.sign}`);
    const signature = signer(Buffer.from(signed)).toString('base64url');
    if (forgery.cut === 'signature') return `${signed}.${signature.slice(0, -4)}`;
    if (forgery.cut === 'payload') return `${signed.slice(0, -4)}.${signature}`;
    return `${signed}.${signature}`;
  };
}

function decoded(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as object;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function hmac(secret: string): (data: Buffer) => Buffer {
  return (data) => createHmac('sha256', secret).update(data).digest();
}

function changed(one: object | undefined, change: object | undefined): string {
  const fields = Object.entries({ ...one, ...change }).filter(([, value]) => value !== null);
  return encoded(Object.fromEntries(fields));
}
