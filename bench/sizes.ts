/** Servers for one network of clients, with much of one thing each. */
import { formatIpv4 } from '../src/base/ipv4.ts';
import { poolOf } from '../src/demo/pair-config.ts';
import { HARDWARE_BYTES, writeHardwareAddress } from '../src/load/identity.ts';
import type { LoadOptions } from '../src/load/model.ts';
import { thousandClasses } from './classes.ts';
import { sizeOf } from './harness.ts';
import type { Scale } from './model.ts';

/** Part of every client's hardware address. */
const SEED = 201;
/** Clients that nobody sees are numbered from here on. */
const STRANGERS = 10_000_000;
const FIRST_LINK = 0x0a000000;
const LINK_SIZE = 256;
/** Reserved addresses lie above all pools. */
const FIRST_RESERVED = 0x0ac00000;
/** As many as the clients take, and the leases of others beside them. */
const POOL_SIZE = 1 << 21;
/** A pool is as full as this. */
const FULL = 0.999;
const VENDOR_CLASS = 'Aastra 6739i';

export interface Size {
  readonly name: string;
  /** Keys of the configuration. */
  readonly dhcp4: Readonly<Record<string, unknown>>;
  /** Leases of others that the server has at the beginning, from the first address of its pools on. */
  readonly leases: number;
  readonly load: Partial<LoadOptions>;
}

/** How much there is of everything. */
interface Amounts {
  readonly clients: number;
  readonly links: number;
  readonly hosts: number;
  readonly leases: number;
}

function amountsOf(scale: Scale): Amounts {
  return {
    clients: sizeOf(scale, 50, 100_000),
    links: sizeOf(scale, 10, 10_000),
    hosts: sizeOf(scale, 50, 100_000),
    leases: sizeOf(scale, 1000, 1_000_000),
  };
}

/** One subnet and nothing else, then with much of each thing. The same clients ask in turn, by the same queries. */
export function sizes(scale: Scale): readonly Size[] {
  const amounts = amountsOf(scale);
  const { links, hosts, leases } = amounts;
  const load = loadOf(amounts);
  const size = (name: string, dhcp4: Size['dhcp4'], leases = 0): Size => ({
    name,
    dhcp4: { subnet4: [oneSubnet()], ...dhcp4 },
    leases,
    load,
  });
  const many = (count: number): string => count.toLocaleString('en-US');
  return [
    size('one subnet, nothing else', {}),
    size(`${many(links)} subnets with options of their own`, { subnet4: subnets(links) }),
    size(`${many(hosts)} reservations of others`, {
      subnet4: [oneSubnet({ reservations: reservations(hosts, STRANGERS) })],
    }),
    size(`${many(hosts)} reservations, theirs`, {
      subnet4: [oneSubnet({ reservations: reservations(hosts, 0) })],
    }),
    size('phones and laptops: two expressions', { 'client-classes': PHONES_AND_LAPTOPS }),
    size('1,000 classes, 3 match', { 'client-classes': thousandClasses() }),
    size(`${many(leases)} leases of others`, {}, leases),
  ];
}

/** Pools whose clients give back what they get, so that each exchange takes an address anew: an empty one and a full one. */
export function pools(scale: Scale): readonly Size[] {
  const amounts = amountsOf(scale);
  const { leases } = amounts;
  const load = { ...loadOf(amounts), clients: { kind: 'fresh' }, releasing: true } as const;
  const pool = poolOf(0, Math.ceil(leases / FULL));
  const dhcp4 = { subnet4: [oneSubnet({ pools: [pool] })] };
  return [
    { name: 'an empty pool', dhcp4, leases: 0, load },
    { name: `a pool that is ${FULL * 100} % full`, dhcp4, leases, load },
  ];
}

function loadOf({ clients, links }: Amounts): Partial<LoadOptions> {
  return {
    seed: SEED,
    clients: { kind: 'bounded', count: clients },
    links: { first: FIRST_LINK, count: links },
    vendorClass: VENDOR_CLASS,
  };
}

const PHONES_AND_LAPTOPS = [
  { name: 'phones', test: "substring(option[60].hex,0,6) == 'Aastra'" },
  { name: 'laptops', test: "not member('phones')" },
];

function oneSubnet(more: object = {}): object {
  return { id: 1, subnet: '10.0.0.0/8', pools: [poolOf(0, POOL_SIZE)], ...more };
}

function subnets(count: number): object[] {
  return Array.from({ length: count }, (_, at) => {
    const prefix = FIRST_LINK + at * LINK_SIZE;
    const address = (host: number): string => formatIpv4(prefix + host);
    return {
      id: at + 1,
      subnet: `${address(0)}/24`,
      pools: [{ pool: `${address(2)} - ${address(LINK_SIZE - 2)}` }],
      'option-data': [{ name: 'routers', data: address(1) }],
    };
  });
}

/** A reservation for each of so many clients, numbered from `first` on. */
function reservations(count: number, first: number): object[] {
  const octets = Buffer.alloc(HARDWARE_BYTES);
  return Array.from({ length: count }, (_, at) => {
    writeHardwareAddress(octets, 0, SEED, first + at);
    return { 'hw-address': octets.toString('hex'), 'ip-address': formatIpv4(FIRST_RESERVED + at) };
  });
}
