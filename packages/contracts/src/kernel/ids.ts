const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const BODY_LENGTH = 26;

/** Makes an id from the 16 bytes of a UUIDv7: base32 keeps their order, so ids sort by time. */
export function formatId<Id extends string>(prefix: string, bytes: Uint8Array): Id {
  let rest = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let body = '';
  for (let index = 0; index < BODY_LENGTH; index += 1) {
    body = ALPHABET.charAt(Number(rest & 31n)) + body;
    rest >>= 5n;
  }
  return `${prefix}_${body}` as Id;
}

/** The 16 bytes of a UUIDv7 with this time and these 10 random (or derived) bytes. */
export function uuidV7Bytes(timeMs: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timeMs) << 16n);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

/** A fresh id. Not for deciders: ids are handed to them. */
export function newId<Id extends string>(prefix: string): Id {
  return formatId<Id>(prefix, uuidV7Bytes(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
}

/** A fresh UUIDv7 in its usual spelling, for `clientMessageId`. `timeMs` is the server's time where the client knows it. */
export function newUuidV7(timeMs = Date.now()): string {
  const bytes = uuidV7Bytes(timeMs, crypto.getRandomValues(new Uint8Array(10)));
  return formatUuid(bytes);
}

/** 16 bytes in the usual spelling of a UUID. */
export function formatUuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The time inside a UUIDv7, in ms since 1970. */
export function uuidV7TimeMs(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}
