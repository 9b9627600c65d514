/** Clients that register addresses, and others that want the same addresses: what two servers are asked with. [RFC9686] */
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, iaPd, word } from '../../engine/dhcp6/messages.ts';
import type { Ia, OptionHex, Relay, Step } from '../differential6/steps.ts';
import { duidOf, fqdn, labels, step } from '../names6/steps.ts';
import { ADDRESS6, farSubnet6, nearSubnet6 } from '../scene6.ts';

export interface RegistrationCase {
  readonly name: string;
  /** Keys of the Dhcp6 map. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  /** The address that is sent from; without it that of the link. */
  readonly from?: string;
  /** Until it ends what was registered for a moment is over, and reclaimed. */
  readonly restMs?: number;
}

const A = '2001:db8:2::a';
/** Of a pool. */
const IN_POOL = '2001:db8:2::1001';
const RESERVED = '2001:db8:2::b';
const RESERVED_FOR_DUID = '2001:db8:2::c';
const OWNER = 9;

/** Of who sends without a relay. */
const DIRECT = ADDRESS6.load.split('/')[0]!;

const hex = (octets: readonly number[]): string => Buffer.from(octets).toString('hex');

/** Options as they are, without code and length. */
function raw(octets: readonly number[]): OptionHex {
  return [(octets[0]! << 8) | octets[1]!, hex(octets.slice(4))];
}

/**
 * A relay that is on the link by the address of the client: Kea 3.0 takes its link-address for what the client sent from,
 * where it is the peer-address. [RFC9686 4.2.1]
 */
function behind(peer: string): readonly Relay[] {
  return [{ link: peer, peer, options: [] }];
}

interface More {
  /** Seconds. */
  readonly preferred?: number;
  readonly valid?: number;
  /** Where it comes from. */
  readonly peer?: string;
  readonly options?: readonly OptionHex[];
  readonly server?: Step['server'];
}

/** ADDR-REG-INFORM of a client, from the address that it registers unless it is said otherwise. */
function inform(client: number, address: string, more: More = {}): Step {
  const { preferred = 1000, valid = 2000, peer = address, options = [], server = null } = more;
  return {
    script: client,
    type: MessageType.addrRegInform,
    duid: duidOf(client),
    server,
    ias: [],
    options: [raw(iaAddress(address, preferred, valid)), ...options],
    relays: behind(peer),
  };
}

function from(client: number, peer: string, ...options: OptionHex[]): Step {
  return { ...inform(client, peer), options };
}

/** A usual message, through the same relay. */
function far(...args: Parameters<typeof step>): Step {
  return { ...step(...args), relays: [{ link: '2001:db8:2::1', peer: 'fe80::1', options: [] }] };
}

function na(address: string, iaid = 1): Ia {
  return { kind: 'na', iaid, parts: [address] };
}

/** Of the client that comes behind all others. */
export const LAST_NAME = 'lastofall';
const NAME = (text: string, flags = 1): OptionHex => fqdn(flags, labels(text));

function lifetimes(): Step[] {
  const pairs = [
    [1000, 2000],
    [2000, 1000],
    [0, 1000],
    [0, 0],
    [1000, 0],
    [0xffffffff, 0xffffffff],
    [1000, 0xffffffff],
  ];
  return pairs.flatMap(([preferred, valid], index) => {
    const address = `2001:db8:2::f${index}`;
    const more = { preferred: preferred!, valid: valid! };
    return [inform(30 + index, address, more), inform(30 + index, address)];
  });
}

function shapes(): Step[] {
  const address = raw(iaAddress(A, 1000, 2000));
  const inside = hex([...ip6(A), ...word(1000), ...word(2000), 0, 13, 0, 2, 0, 0]);
  return [
    from(1, A),
    from(1, A, address, address),
    from(1, A, address, raw(iaAddress('2001:db8:2::d', 1, 2))),
    from(1, A, raw(iaNa(1, iaAddress(A, 1000, 2000)))),
    from(1, A, address, raw(iaNa(1))),
    from(1, A, address, raw(iaPd(1))),
    from(1, A, address, [OptionCode.iaTa, '00000001']),
    from(1, A, [OptionCode.iaAddress, '20010db8']),
    from(1, A, [OptionCode.iaAddress, inside]),
    from(1, A, address, [OptionCode.rapidCommit, '']),
    { ...inform(1, A), duid: null },
    inform(1, A, { server: 'own' }),
    inform(1, A, { server: 'other' }),
    inform(1, A, { peer: '2001:db8:2::e' }),
    inform(1, 'fe80::1'),
    inform(1, 'ff02::1'),
    inform(1, '::'),
    inform(1, '2001:db8:1::77'),
    inform(1, '2001:db8:77::1'),
    { ...inform(1, A), relays: [{ link: '2001:db8:77::1', peer: A, options: [] }] },
    {
      ...inform(1, A),
      relays: [
        { link: A, peer: A, options: [[OptionCode.interfaceId, 'abcd']] },
        { link: '::', peer: 'fe80::2', options: [] },
      ],
    },
    { ...inform(1, A), type: MessageType.addrRegReply },
  ];
}

function owners(): Step[] {
  return [
    inform(1, A),
    inform(1, A),
    inform(2, A),
    inform(1, IN_POOL),
    inform(2, RESERVED),
    inform(OWNER, RESERVED_FOR_DUID),
    inform(2, RESERVED_FOR_DUID),
    // What is leased, given back and declined.
    far('request', 3, [na('2001:db8:2::1003')]),
    inform(3, '2001:db8:2::1003'),
    inform(4, '2001:db8:2::1003'),
    far('release', 3, [na('2001:db8:2::1003')]),
    inform(3, '2001:db8:2::1003'),
    far('request', 5, [na('2001:db8:2::1005')]),
    far('decline', 5, [na('2001:db8:2::1005')]),
    inform(5, '2001:db8:2::1005'),
    // What is registered is asked for.
    far('solicit', 6, [na(IN_POOL)]),
    far('request', 1, [na(IN_POOL)]),
    far('confirm', 2, [na(A, 0)]),
    far('release', 2, [na(A, 0)]),
    far('release', 2, [na(A, 5)]),
    far('decline', 2, [na(A, 0)]),
    far('release', 8, [na(A, 0)]),
    inform(2, A),
  ];
}

/** On the link, without a relay. */
function direct(): Step[] {
  const here = (step: Step): Step => ({ ...step, relays: [] });
  return [
    here(inform(1, DIRECT)),
    here(inform(1, '2001:db8:1::11')),
    here(inform(1, DIRECT, { valid: 0xffffffff })),
    here(inform(1, 'fe80::1')),
    { ...step('confirm', 1, [{ kind: 'na', iaid: 0, parts: [DIRECT] }]) },
  ];
}

/** What is over when all of it has been played. */
function short(): Step[] {
  return ['a1', 'a2', IN_POOL.slice(-4)].flatMap((last, index) => {
    const more = { preferred: 1, valid: 1, options: [NAME(index === 2 ? LAST_NAME : `short${index}`)] };
    return [inform(20 + index, `2001:db8:2::${last}`, more)];
  });
}

function names(): Step[] {
  return [
    inform(1, A, { options: [NAME('one')] }),
    inform(1, A, { options: [NAME('one')] }),
    inform(1, A, { options: [NAME('two')] }),
    inform(1, A, { options: [NAME('two', 0)] }),
    inform(1, A, { options: [NAME('two', 4)] }),
    inform(1, A),
    inform(1, A, { options: [NAME('one')] }),
    inform(2, A, { options: [NAME('three')] }),
    inform(OWNER, '2001:db8:2::e', { options: [NAME('mine')] }),
    inform(OWNER, '2001:db8:2::f'),
    inform(4, IN_POOL, { options: [NAME(LAST_NAME)] }),
  ];
}

const SETTINGS = {
  subnet6: [
    nearSubnet6(),
    farSubnet6({
      reservations: [
        { 'hw-address': '02:00:00:00:77:77', 'ip-addresses': [RESERVED] },
        { duid: duidOf(OWNER), 'ip-addresses': [RESERVED_FOR_DUID], hostname: 'reserved' },
      ],
    }),
  ],
};
const OPTIONS = {
  'option-data': [
    { name: 'dns-servers', data: '2001:db8::53' },
    { name: 'sip-server-addr', data: '2001:db8::60', 'always-send': true },
  ],
};
const UPDATES = {
  'dhcp-ddns': { 'enable-updates': true },
  'ddns-qualifying-suffix': 'example.com',
};
const REQUESTED: OptionHex = [OptionCode.optionRequest, '00170018'];

export const REGISTRATION_CASES: readonly RegistrationCase[] = [
  { name: 'lifetimes', settings: SETTINGS, steps: lifetimes() },
  { name: 'shapes', settings: SETTINGS, steps: shapes() },
  { name: 'owners', settings: SETTINGS, steps: owners() },
  { name: 'direct', settings: SETTINGS, steps: direct(), from: DIRECT },
  {
    name: 'over',
    settings: { ...SETTINGS, ...UPDATES, 'expired-leases-processing': { 'reclaim-timer-wait-time': 1 } },
    steps: short(),
    restMs: 3500,
  },
  {
    name: 'options',
    settings: { ...SETTINGS, ...OPTIONS },
    steps: [inform(1, A, { options: [REQUESTED] }), inform(1, A)],
  },
  { name: 'names', settings: { ...SETTINGS, ...UPDATES }, steps: names() },
  {
    name: 'names told on renewal',
    settings: { ...SETTINGS, ...UPDATES, 'ddns-update-on-renew': true },
    steps: names(),
  },
  { name: 'names without updates', settings: SETTINGS, steps: names() },
];
