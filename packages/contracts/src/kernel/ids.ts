const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const BITS_PER_LETTER = 5;
/** 26 letters hold 130 bits, two more than 16 bytes: they are zeros in front. */
const LEADING_BITS = 2;
const RANDOM_LENGTH = 10;
/** Randomness for so many ids is asked for at once: asking costs more than it yields. */
const POOL_ID_COUNT = 128;
const TWO_POW_16 = 2 ** 16;
const TWO_POW_32 = 2 ** 32;

const pool = new Uint8Array(RANDOM_LENGTH * POOL_ID_COUNT);
let poolTaken = pool.length;

/** Makes an id from the 16 bytes of a UUIDv7: base32 keeps their order, so ids sort by time. */
export function formatId<Id extends string>(prefix: string, bytes: Uint8Array): Id {
  let id = `${prefix}_`;
  let rest = 0;
  let restBits = LEADING_BITS;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    restBits += 8;
    while (restBits >= BITS_PER_LETTER) {
      restBits -= BITS_PER_LETTER;
      id += ALPHABET.charAt((rest >>> restBits) & 31);
    }
    rest &= (1 << restBits) - 1;
  }
  return id as Id;
}

/** The 16 bytes of a UUIDv7 with this time and these 10 random (or derived) bytes. */
export function uuidV7Bytes(timeMs: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(timeMs / TWO_POW_16) % TWO_POW_32);
  view.setUint16(4, timeMs % TWO_POW_16);
  bytes.set(random.subarray(0, RANDOM_LENGTH), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

/** A fresh id. Not for deciders: ids are handed to them. */
export function newId<Id extends string>(prefix: string): Id {
  return formatId<Id>(prefix, uuidV7Bytes(Date.now(), freshRandom()));
}

/** A fresh UUIDv7 in its usual spelling, for `clientMessageId`. `timeMs` is the server's time where the client knows it. */
export function newUuidV7(timeMs = Date.now()): string {
  const bytes = uuidV7Bytes(timeMs, freshRandom());
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

/** Good until the next call. */
function freshRandom(): Uint8Array {
  if (poolTaken === pool.length) {
    crypto.getRandomValues(pool);
    poolTaken = 0;
  }
  poolTaken += RANDOM_LENGTH;
  return pool.subarray(poolTaken - RANDOM_LENGTH, poolTaken);
}
