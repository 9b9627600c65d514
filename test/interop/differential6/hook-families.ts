/** What hook libraries make of queries and replies. Kea 2.2 has no free library of flexible identifiers. */
import { farSubnet6, nearSubnet6 } from '../scene6.ts';
import type { Family6 } from './families.ts';
import { by, colons, hexOf, interfaceId, KNOWN, ON_LINK } from './ways.ts';

type Entries = Readonly<Record<string, unknown>>;

const PORT = 'relay6[0].option[18].hex';
const PORTS = ['port1', 'port2', 'kept'].map((port) => by('2001:db8:2::1', interfaceId(port)));
const REPLACED = `0x0000${hexOf('port1')}`;

const flexId = (parameters: Entries): Entries => ({
  'hooks-libraries': [
    { library: 'libdhcp_flex_id.so', parameters: { 'identifier-expression': PORT, ...parameters } },
  ],
});
const always = (name: string, data: string): Entries => ({ name, data, 'always-send': true });

/** Reserved by port, by the DUID of such a port, and by that which a client sends. */
const RESERVATIONS = [
  {
    'flex-id': "'kept'",
    'ip-addresses': ['2001:db8:2::77'],
    prefixes: ['2001:db8:9000:7700::/56'],
    hostname: 'kept',
  },
  { duid: colons(REPLACED.slice(2)), 'ip-addresses': ['2001:db8:2::78'] },
  { duid: colons(KNOWN[0]!), 'ip-addresses': ['2001:db8:2::79'] },
];

/** They tell the octets that option 1 has at the moment at which they are evaluated. */
const MOMENTS = [
  {
    name: 'early',
    test: `option[1].hex == ${REPLACED}`,
    'option-data': [always('dns-servers', '2001:db8::1')],
  },
  {
    name: 'late',
    test: `member('UNKNOWN') and option[1].hex == ${REPLACED}`,
    'option-data': [always('sntp-servers', '2001:db8::2')],
  },
  {
    name: 'later',
    test: `member('KNOWN') and option[1].hex == ${REPLACED}`,
    'option-data': [always('nis-servers', '2001:db8::3')],
  },
  {
    name: 'last',
    test: `option[1].hex == ${REPLACED}`,
    'only-in-additional-list': true,
    'option-data': [always('nisp-servers', '2001:db8::4')],
  },
];

function flexFamily(name: string, parameters: Entries, reservations: readonly Entries[]): Family6 {
  return {
    name,
    only: 'kea 3.0',
    dhcp6: {
      ...flexId(parameters),
      'host-reservation-identifiers': ['flex-id', 'duid'],
      'client-classes': MOMENTS,
      subnet6: [nearSubnet6(), farSubnet6({ reservations, 'evaluate-additional-classes': ['last'] })],
    },
    traffic: {
      clients: KNOWN,
      ways: [ON_LINK, ...PORTS, [...PORTS[0]!, ...by('2001:db8:ffff::4')]],
      hints: {
        na: ['2001:db8:2::77', '2001:db8:2::78', '2001:db8:2::79', '2001:db8:2::1600'],
        pd: ['2001:db8:9000:7700::/56', '::/56'],
      },
    },
  };
}

const REPLACING = { 'replace-client-id': true };

export const hookFamilies6: readonly Family6[] = [
  flexFamily('flexible identifiers', {}, RESERVATIONS),
  flexFamily('leases of flexible identifiers', REPLACING, []),
  flexFamily('leases of flexible identifiers that something is reserved for', REPLACING, RESERVATIONS),
  flexFamily('leases of flexible identifiers and no IAID', { ...REPLACING, 'ignore-iaid': true }, []),
];
