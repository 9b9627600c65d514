/** Lines of the forensic log of DHCPv6. */
import t from 'tap';
import { commandEntry6 } from '../../../src/hooks/dhcp6/legal-command.ts';
import { legalEntries6 } from '../../../src/hooks/dhcp6/legal-entry.ts';
import { LeaseEventKind } from '../../../src/lease/events.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';
import { event6, query6 } from './lease-event.ts';

const client = {
  duid: Uint8Array.of(0, 2, 0, 1),
  hwAddress: new Uint8Array(0),
  validLifetimeSec: 6735,
  userContext: '',
};
const lease = lease6({ ...client, address: ip6('2001:db8::1'), subnetId: 3 });
const prefix = prefix6({ ...client, address: ip6('2001:db8:100::'), prefixLength: 56 });
const given = [lease, prefix].map((each) => ({ lease: each, isRenewed: false }));
const OWNER = 'a device with DUID: 00:02:00:01';

const textsOf = (fields: Parameters<typeof event6>[0]): string[] =>
  legalEntries6(event6(fields), null).map(({ text }) => text);

t.test('addresses and prefixes: given, lost, given back; what no client has done has no line', async (t) => {
  t.same(textsOf({ written: given, replaced: [lease] }), [
    `Address: 2001:db8::1 has been assigned for 1 hrs 52 mins 15 secs to ${OWNER}`,
    `Prefix: 2001:db8:100::/56 has been assigned for 1 hrs 52 mins 15 secs to ${OWNER}`,
    `Address: 2001:db8::1 has been released from ${OWNER}`,
  ]);
  t.same(textsOf({ kind: LeaseEventKind.released, former: [prefix] }), [
    `Prefix: 2001:db8:100::/56 has been released from ${OWNER}`,
  ]);
  t.same(textsOf({ kind: LeaseEventKind.expired, former: [lease] }), []);
  t.same(textsOf({ kind: LeaseEventKind.recovered, former: [lease] }), []);
  t.equal(legalEntries6(event6({ written: given }), null)[0]?.subnetId, 3);
});

t.test(
  'a format takes the place of Kea’s line for each lease, also of those that are given back',
  async (t) => {
    const literal = { kind: 'literal', octets: new Uint8Array(0) } as const;
    const both = { request: literal, response: literal };
    const texts = new Map([
      [lease, { request: 'a', response: 'b\x07' }],
      [prefix, { request: '', response: '' }],
    ]);
    const lines = (fields: Parameters<typeof event6>[0], formats = both): string[] =>
      legalEntries6(event6({ texts, query: query6({}), ...fields }), formats).map(({ text }) => text);
    t.same(lines({ written: given }), ['ab?'], 'an empty text is no line');
    t.same(lines({ kind: LeaseEventKind.released, former: [prefix, lease] }), ['ab?']);
    t.same(lines({ written: given, texts: new Map([[lease, { request: 'a', response: null }]]) }), []);
    t.match(lines({ kind: LeaseEventKind.released, former: [lease], query: null }), [
      /^Address: .* released/,
    ]);
  },
);

t.test('how a hardware address was found out', async (t) => {
  const sources: readonly [number, string][] = [
    [2, 'DUID'],
    [4, 'IPv6 Link Local'],
    [8, 'Client Address Relay Option'],
    [16, 'Remote ID'],
    [64, 'DOCSIS CMTS'],
    [128, 'DOCSIS MODEM'],
    [0, 'UNKNOWN'],
  ];
  for (const [hwSource, text] of sources) {
    const known = { ...lease, hwAddress: Uint8Array.of(2, 0, 1), hwType: 6, hwSource };
    const [line] = textsOf({ written: [{ lease: known, isRenewed: false }] });
    t.equal(line?.split(OWNER)[1], ` and hardware address: hwtype=6 02:00:01 (from ${text})`);
  }
});

t.test('relays, and what identifies a client there', async (t) => {
  const relay = { hopCount: 1, linkAddress: ip6('::'), peerAddress: ip6('fe80::5') };
  const told = (fields: Parameters<typeof query6>[0]): string | undefined =>
    textsOf({ written: given.slice(0, 1), query: query6(fields) })[0]?.split(OWNER)[1];
  const through = ' connected via relay at address: fe80::5 for client on link address: ::, hop count: 1';
  t.equal(told({}), '');
  t.equal(told({ relay }), through);
  t.equal(
    told({
      relay,
      remoteId: Uint8Array.of(1, 2),
      subscriberId: Buffer.from('me'),
      interfaceId: Buffer.from('port'),
    }),
    `${through}, identified by remote-id: 01:02 and subscriber-id: 6d:65 (me), ` +
      'connected at location interface-id: 70:6f:72:74 (port)',
  );
  t.equal(
    told({ relay, remoteId: new Uint8Array(0), subscriberId: Uint8Array.of(7) }),
    `${through}, identified by subscriber-id: 07`,
  );
});

t.test('commands', async (t) => {
  const args = { 'ip-address': '2001:db8::1', duid: '00:01', 'subnet-id': 7 };
  t.same(commandEntry6('lease6-add', { ...args, 'valid-lft': 60 }, 0), {
    subnetId: 7,
    text: 'Administrator added a lease of address: 2001:db8::1 to a device with DUID: 00:01 for 0 hrs 1 mins 0 secs',
  });
  t.equal(
    commandEntry6(
      'lease6-update',
      { ...args, type: 'IA_PD', 'prefix-len': 56, origin: 'ha-partner', 'hw-address': '02:03', expire: 100 },
      40,
    )?.text,
    'HA partner updated information on the lease of prefix: 2001:db8::1/56 to a device with DUID: 00:01, ' +
      'hardware address: 02:03 for 0 hrs 1 mins 0 secs',
  );
  t.equal(
    commandEntry6('lease6-del', args, 0)?.text,
    'Administrator deleted the lease for address: 2001:db8::1',
  );
  t.equal(
    commandEntry6('lease6-del', { 'identifier-type': 'duid', identifier: '01:02' }, 0)?.text,
    'Administrator deleted a lease for a device identified by: duid of 01:02',
  );
  for (const missing of ['ip-address', 'duid'])
    t.equal(commandEntry6('lease6-add', { ...args, [missing]: 5 }, 0), null);
  t.notMatch(commandEntry6('lease6-add', { ...args, duid: 'a\nb' }, 0)?.text, /\n/, 'no text ends the line');
});
