/** The kernel's lists of interfaces and addresses, as if the kernel were anybody. */
import {
  LIST_GOES_ON,
  type Link,
  type LinkAddress,
  type LinkAddress6,
  readAddresses,
  readAddresses6,
  readLinks,
} from '../../src/io/rtnetlink-messages.ts';
import type { Target } from './fuzzer.ts';

const RTM_NEWLINK = 16;
const RTM_NEWADDR = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
/** Longer than any of the inputs: what lies behind one is not its own. */
const DATAGRAM_BYTES = 8192;
const STALE = 0xee;

const word = (value: number): number[] => [
  value & 255,
  (value >>> 8) & 255,
  (value >>> 16) & 255,
  value >>> 24,
];

function message(type: number, body: readonly number[]): number[] {
  return [...word(16 + body.length), type, 0, 0, 0, ...word(1), ...word(0), ...body, ...padding(body.length)];
}

function attribute(type: number, value: readonly number[]): number[] {
  return [4 + value.length, 0, type, 0, ...value, ...padding(value.length)];
}

const padding = (length: number): number[] => new Array(-length & 3).fill(0);

function link(index: number, name: string, ...more: number[][]): number[] {
  const header = [0, 0, 1, 0, ...word(index), ...word(0x11043), ...word(0xffffffff)];
  return message(RTM_NEWLINK, [...header, ...attribute(3, [...Buffer.from(`${name}\0`)]), ...more.flat()]);
}

function address(index: number, ...attributes: number[][]): number[] {
  return message(RTM_NEWADDR, [2, 24, 0x80, 0, ...word(index), ...attributes.flat()]);
}

function address6(index: number, ...attributes: number[][]): number[] {
  return message(RTM_NEWADDR, [10, 64, 0xc0, 0, ...word(index), ...attributes.flat()]);
}

const V6: readonly number[] = [0xfe, 0x80, ...new Array<number>(13).fill(0), 1];
const DONE = message(NLMSG_DONE, word(0));

export function netlink(): Target {
  const memory = new Uint8Array(DATAGRAM_BYTES);
  const view = new DataView(memory.buffer);
  const inputs: readonly number[][] = [
    [...link(1, 'lo'), ...link(2, 'eth0', attribute(4, word(1500))), ...DONE],
    [...link(3, 'a-name-of-15-oct', attribute(4, [1]), attribute(4, word(9000)))],
    [...address(1, attribute(1, [127, 0, 0, 1]), attribute(2, [127, 0, 0, 1])), ...DONE],
    [...address(2, attribute(1, [10, 0, 0, 2])), ...address(2, attribute(2, [10, 0, 0])), ...DONE],
    [...message(NLMSG_ERROR, word(-13)), ...DONE],
    [...address6(1, attribute(1, V6)), ...address6(2, attribute(1, V6.slice(1)), attribute(2, V6)), ...DONE],
    message(NLMSG_ERROR, []),
    [],
  ];
  return {
    name: 'netlink',
    outcomesMin: 15,
    seeds: inputs.map((input) => Uint8Array.from(input)),
    run: (input) => {
      memory.fill(STALE);
      memory.set(input);
      const [links, addresses, addresses6]: [Link[], LinkAddress[], LinkAddress6[]] = [[], [], []];
      const ends = [readLinks(view, input.length, links), readAddresses(view, input.length, addresses)];
      const end6 = readAddresses6(view, input.length, addresses6);
      if (ends[0] !== ends[1] || ends[0] !== end6 || ends[0]! < -1)
        throw new Error(`the list ends with ${ends}`);
      if (ends[0] === LIST_GOES_ON && input.length === 0)
        throw new Error('nothing came, and more is waited for');
      if (addresses6.some(({ address }) => address.length !== 16))
        throw new Error('an address of another length');
      // A message and an attribute have their own octets only.
      for (const { name, mtu } of links)
        if (name.length > input.length || mtu > 0xffffffff) throw new Error(`${name} ${mtu}`);
      const again: Link[] = [];
      memory.fill(0xdd, input.length);
      readLinks(view, input.length, again);
      if (JSON.stringify(again) !== JSON.stringify(links)) throw new Error('what lies behind it was read');
      const mtus = new Set(links.map(({ mtu }) => Math.min(3, mtu >>> 9)));
      return `${ends[0]! > 0 ? 'failed' : ends[0]} ${[...mtus].sort()} ${Math.min(2, addresses.length)}`;
    },
    close: () => {},
  };
}
