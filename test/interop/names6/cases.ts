/** Settings of names, and clients that send names: what two servers are asked with. */
import type { Step } from '../differential6/steps.ts';
import type { KeaKind } from '../kea.ts';
import { nearSubnet6 } from '../scene6.ts';
import { address, duidOf, fqdn, labels, prefix, step } from './steps.ts';

export interface NamesCase {
  readonly name: string;
  /** Keys of the Dhcp6 map. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Who says what is right; the other version does it otherwise. */
  readonly kea?: KeaKind;
  /** Those of a client stand together. */
  readonly steps: readonly Step[];
}

/** Of the client whose request comes behind all others. */
export const LAST_NAME = 'lastofall.';

const UPDATES = { 'dhcp-ddns': { 'enable-updates': true } };
const SUFFIX = { 'ddns-qualifying-suffix': 'example.com' };

const L63 = 'a'.repeat(63);
/** In wire form. One that `hostname-char-set` makes nothing of is left out: see `cleaned`. */
const NAMES = [
  ...['', '\x05ab', '\xc0\0', '\x04Host\0xyz', '\x03a.b\0'],
  ...['Host', 'Host.', 'A.b', 'a.b.', 'a_b', 'x.example.com', 'x.EXAMPLE.com.', 'xexample.com', L63].map(
    labels,
  ),
  labels(`${L63}.${L63}.${L63}`),
];
/** The last ones are S and N together, and what nobody knows. */
const FLAGS = [0, 1, 2, 4, 5, 0xf9];

const INPUTS = [
  null,
  ...NAMES.map((name) => fqdn(1, name)),
  ...FLAGS.map((flags) => fqdn(flags, labels('flags'))),
];

/** Each by a client of its own: it asks for an address, and again, and gives it back if it is one in three. */
function inputs(): Step[] {
  return INPUTS.flatMap((input, index) => {
    const [client, options] = [100 + index, input === null ? [] : [input]];
    const own = address((0x1100 + index).toString(16));
    return [
      step('solicit', client, [own], ...options),
      step('request', client, [own], ...options),
      step('renew', client, [own], ...options),
      ...(index % 3 === 0 ? [step('release', client, [own], ...options)] : []),
    ];
  });
}

const A = address('1001');
const NAME = (text: string, flags = 1) => fqdn(flags, labels(text));

/** One client after the other. */
function lives(): Step[] {
  return [
    step('request', 1, [A], NAME('one')),
    step('request', 1, [A], NAME('one')),
    step('renew', 1, [A], NAME('two')),
    step('rebind', 1, [A], NAME('two', 0)),
    step('request', 1, [A], NAME('three')),
    step('ask', 1, [], NAME('three')),
    step('confirm', 1, [A], NAME('three')),
    step('decline', 1, [A], NAME('three')),
    step('request', 2, [address('1002'), address('1003', 2), prefix(3)], NAME('many')),
    step('release', 2, [address('1002'), address('1003', 2)]),
    step('request', 3, [prefix()], NAME('router')),
    step('renew', 3, [{ kind: 'pd', iaid: 2, parts: ['own'] }], NAME('router2')),
    step('release', 3, [{ kind: 'pd', iaid: 2, parts: ['own'] }]),
    step('request', 4, [address('1004')], NAME('no', 4)),
    step('renew', 4, [address('1004')], NAME('yes', 0)),
    step('release', 4, [address('1004')]),
  ];
}

/** Clients 5 to 8, who have names of their own. */
function reserved(): Step[] {
  return [5, 6, 7, 8].flatMap((client) => {
    const own = address(`100${client}`);
    return [
      step('solicit', client, [own]),
      step('request', client, [own]),
      step('renew', client, [own], NAME('mine')),
      step('renew', client, [own], NAME('mine', 0)),
      step('release', client, [own]),
    ];
  });
}

const RESERVATIONS = ['Reserved', 'reserved.example.com', 'whole.example.com.', 'under_score'].map(
  (hostname, index) => ({ duid: duidOf(5 + index).replace(/..(?=.)/g, '$&:'), hostname }),
);

/** Of these nothing is left; the last one is left whole. */
const CLEANED = { 'hostname-char-set': '[b-eB-E]', 'hostname-char-replacement': '' };

/** Names of one label: of several of which nothing is left, both Keas answer nothing. */
function cleaned(): Step[] {
  const names = ['\0', ...['bcd', 'bcd.', 'BCD.', 'e', 'bly'].map(labels)];
  return names.flatMap((name, index) => {
    const own = address((0x1200 + index).toString(16));
    return (['solicit', 'request', 'renew'] as const).map((kind) =>
      step(kind, 300 + index, [own], fqdn(1, name)),
    );
  });
}

const last = (): Step => step('request', 9, [address('1fff')], fqdn(1, `${labels('lastofall')}\0`));

export const NAMES_CASES: readonly NamesCase[] = [
  { name: 'no updates', settings: SUFFIX, steps: inputs() },
  {
    name: 'updates',
    settings: {
      ...UPDATES,
      ...SUFFIX,
      subnet6: [nearSubnet6({ reservations: RESERVATIONS, 'ddns-override-client-update': true })],
    },
    steps: [...inputs(), ...lives(), ...reserved(), last()],
  },
  {
    name: 'overruled, renewals told, characters replaced',
    settings: {
      ...UPDATES,
      'ddns-override-no-update': true,
      'ddns-update-on-renew': true,
      'hostname-char-set': '[^A-Za-z.]+',
      'hostname-char-replacement': 'Zz',
    },
    steps: [...inputs(), last()],
  },
  {
    name: 'generated names',
    settings: {
      ...UPDATES,
      ...SUFFIX,
      'ddns-replace-client-name': 'when-not-present',
      'ddns-generated-prefix': 'gen',
    },
    steps: [...inputs(), last()],
  },
  {
    name: 'names of which nothing is left',
    settings: { ...UPDATES, ...CLEANED },
    kea: 'kea 3.0',
    steps: [...cleaned(), last()],
  },
  {
    name: 'names of which nothing is left, in front of a suffix',
    settings: { ...UPDATES, ...CLEANED, ...SUFFIX },
    kea: 'kea 3.0',
    steps: [...cleaned(), last()],
  },
];
