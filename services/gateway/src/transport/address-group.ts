import { isIPv4, isIPv6 } from 'node:net';

const GROUP_COUNT = 8;
/** A household or a server is given a network of 64 bits, and may take any address in it. */
const NETWORK_GROUP_COUNT = 4;
const V4_IN_V6 = /^(?:0{0,4}:){0,6}:?ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** What an address is counted by: an IPv4 address itself, of IPv6 the network of 64 bits that it lies in. */
export function addressGroup(address: string): string {
  const [plain = ''] = address.split('%');
  const v4 = V4_IN_V6.exec(plain)?.[1];
  if (v4 !== undefined && isIPv4(v4)) return v4;
  if (!isIPv6(plain)) return address;
  // The last 32 bits may be written as IPv4; they are not part of the network.
  const [front = '', back] = plain.replace(/[^:]*\.[^:]*$/, '0:0').split('::');
  const [before, after] = [groupsOf(front), groupsOf(back)];
  const gap =
    back === undefined ? [] : Array.from({ length: GROUP_COUNT - before.length - after.length }, () => '0');
  const network = [...before, ...gap, ...after].slice(0, NETWORK_GROUP_COUNT);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

function groupsOf(text: string | undefined): readonly string[] {
  return text ? text.split(':') : [];
}
