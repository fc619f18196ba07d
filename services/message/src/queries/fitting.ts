/** What one page may hold; the broker carries up to 1 MB. Long texts make a page shorter, and it says so. */
export const PAGE_BYTES_MAX = 512 * 1024;

/** The first items that fit, one at least: a page travels in one message of the broker, whatever people write. */
export function fitting<Item>(
  items: readonly Item[],
  countMax: number,
  bytesMax: number = PAGE_BYTES_MAX,
): Item[] {
  const kept: Item[] = [];
  let bytes = 0;
  for (const item of items.slice(0, countMax)) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (kept.length > 0 && bytes > bytesMax) break;
    kept.push(item);
  }
  return kept;
}
