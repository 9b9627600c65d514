/** Lease updates of DHCPv6 to a Kea: what is asked, what its answers mean, and whose leases they are about. */
import t from 'tap';
import { keyOf } from '../../../src/ha/machine/unacked-clients.ts';
import { leaseAddress6 } from '../../../src/lease/dhcp6/lease-address.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import type { UpdateBytes } from '../../../src/lease/update-family.ts';
import { peerFamily6 } from '../../../src/peer/dhcp6/family.ts';
import { REQUEST_RECORD_BYTES_MAX } from '../../../src/peer/limits.ts';
import type { PeerAnswer } from '../../../src/peer/model.ts';
import { Machine } from '../../ha/support/machine.ts';
import { relationship } from '../../ha/support/relationship.ts';
import { address6, encodeRecord6, prefixAddress6, type TestRecord6 } from '../support/records6.ts';

const ADDRESS = address6('2001:db8:1::1');
const OTHER = address6('2001:db8:1::2');
const PREFIX = prefixAddress6('2001:db8:8000:100::');

function updateOf(change: TestRecord6): UpdateBytes {
  const bytes = encodeRecord6(change);
  const { address, isUpdate = true } = change;
  return { bytes, offset: 0, length: bytes.length, isUpdate, address };
}

const bodyOf = (...changes: TestRecord6[]) =>
  JSON.parse(Buffer.from(peerFamily6.encodeRequest(changes.map(updateOf))).toString());

const answered = (result: number, args?: unknown): PeerAnswer =>
  ({ kind: 'answer', result, text: 'the text', arguments: args }) as PeerAnswer;

t.test('an address and a prefix as a Kea reads them', async (t) => {
  t.match(bodyOf({ address: ADDRESS }), {
    command: 'lease6-bulk-apply',
    service: ['dhcp6'],
    arguments: {
      leases: [{ 'ip-address': '2001:db8:1::1', type: 'IA_NA', state: 0, 'subnet-id': 1 }],
      'deleted-leases': [],
      origin: 'ha-partner',
    },
  });
  t.match(bodyOf({ address: PREFIX }).arguments, {
    leases: [{ 'ip-address': '2001:db8:8000:100::', type: 'IA_PD', 'prefix-len': 56 }],
    'deleted-leases': [],
  });
  t.match(bodyOf({ address: PREFIX }, { address: OTHER, isUpdate: false }, { address: ADDRESS }).arguments, {
    leases: [{ 'ip-address': '2001:db8:8000:100::' }, { 'ip-address': '2001:db8:1::1' }],
    'deleted-leases': [{ 'ip-address': '2001:db8:1::2' }],
  });
});

t.test('as many of the longest leases as go in one request have room in it', async (t) => {
  const { leasesPerRequestMax } = peerFamily6;
  const longest = {
    address: PREFIX,
    duid: new Uint8Array(130).fill(0xff),
    hostname: '"'.repeat(255),
    userContext: `{"a":"${'x'.repeat(REQUEST_RECORD_BYTES_MAX / leasesPerRequestMax)}"}`,
  };
  const all = Array.from({ length: leasesPerRequestMax }, () => longest);
  t.equal(bodyOf(...all).arguments.leases.length, leasesPerRequestMax);
});

t.test('[scenario 38] what is deleted or released stands among the deletions', async (t) => {
  for (const change of [
    { address: PREFIX, isUpdate: false },
    { address: PREFIX, state: LeaseState.released },
  ])
    t.match(bodyOf(change).arguments, {
      leases: [],
      'deleted-leases': [{ 'ip-address': '2001:db8:8000:100::', type: 'IA_PD', 'prefix-len': 56 }],
    });
});

t.test('[scenarios 43, 44] what an answer says of the one lease', async (t) => {
  const failed = (result: unknown, message: unknown = 'why') => ({
    'failed-leases': [{ 'ip-address': '2001:db8:1::1', type: 'IA_NA', result, 'error-message': message }],
  });
  const deleted = { 'failed-deleted-leases': failed(3)['failed-leases'] };
  const silent = { kind: 'refused', reason: 'it does not say why' };
  const rows: readonly (readonly [PeerAnswer, object])[] = [
    [answered(0), { kind: 'taken' }],
    [answered(0, failed(1)), { kind: 'refused', reason: 'why' }],
    [answered(3), { kind: 'taken' }],
    [answered(3, deleted), { kind: 'taken' }],
    [
      answered(3, { 'failed-deleted-leases': failed(1)['failed-leases'] }),
      { kind: 'refused', reason: 'why' },
    ],
    [answered(3, failed(4)), { kind: 'conflict', reason: 'why' }],
    [answered(3, failed(1)), { kind: 'refused', reason: 'why' }],
    [answered(3, failed('4')), { kind: 'refused' }],
    [answered(3, failed(1, null)), silent],
    [answered(3, failed(1, { toString: 1, valueOf: 1 })), silent],
    [answered(3, { 'failed-leases': [] }), { kind: 'taken' }],
    [answered(3, { 'failed-leases': 'all' }), { kind: 'taken' }],
    [answered(3, [1]), { kind: 'taken' }],
    [answered(4), { kind: 'conflict', reason: 'the text' }],
    [answered(1), { kind: 'refused', reason: 'the text' }],
    [answered(2), { kind: 'failed', reason: 'result 2: the text' }],
    [answered(99, failed(4)), { kind: 'failed' }],
    [{ kind: 'failed', reason: 'nobody there' } as PeerAnswer, { kind: 'failed', reason: 'nobody there' }],
  ];
  for (const [answer, outcome] of rows)
    t.match(peerFamily6.judge(answer, [updateOf({ address: ADDRESS })]), [outcome], JSON.stringify(answer));
});

t.test('what an answer says of each of several leases', async (t) => {
  const updates = [ADDRESS, PREFIX, OTHER].map((address) => updateOf({ address }));
  const failed = (address: unknown, type: unknown, result: number) => ({
    'ip-address': address,
    type,
    result,
    'error-message': 'why',
  });
  const taken = { kind: 'taken' };
  const conflict = { kind: 'conflict', reason: 'why' };
  const refused = { kind: 'refused', reason: 'why' };
  const lost = { kind: 'failed', reason: 'lost' } as const;
  const [address, prefix] = ['2001:DB8:1:0::1', '2001:db8:8000:100::'];
  const rows: readonly (readonly [PeerAnswer, readonly object[] | null])[] = [
    [answered(0), [taken, taken, taken]],
    [answered(0, { 'failed-leases': [failed(address, 'IA_NA', 4)] }), [conflict, taken, taken]],
    [answered(0, { 'failed-deleted-leases': [failed(address, 'IA_NA', 3)] }), [taken, taken, taken]],
    [
      answered(3, {
        'failed-leases': [failed(prefix, 'IA_PD', 1), failed(address, 'IA_NA', 4)],
        'failed-deleted-leases': [failed('2001:db8:1::2', 'IA_NA', 1)],
      }),
      [conflict, refused, refused],
    ],
    // Not told apart: nothing was applied, or what was not is none of them.
    [answered(1), null],
    [answered(4), null],
    [answered(0, { 'failed-leases': [failed(prefix, 'IA_NA', 4)] }), null],
    [answered(0, { 'failed-leases': [failed(address, 'IA_NA', 4), failed('nowhere', 'IA_NA', 4)] }), null],
    [answered(0, { 'failed-leases': [failed({ toString: 1 }, 'IA_NA', 4)] }), null],
    [answered(2), Array(3).fill({ kind: 'failed', reason: 'result 2: the text' })],
    [lost, [lost, lost, lost]],
  ];
  for (const [answer, outcomes] of rows)
    t.same(peerFamily6.judge(answer, updates), outcomes, JSON.stringify(answer));
});

t.test('addresses of records are those of what they are about', async (t) => {
  for (const address of [ADDRESS, PREFIX]) {
    const bytes = new Uint8Array([0xee, ...encodeRecord6({ address })]);
    t.equal(peerFamily6.addressOf(bytes, 1), address);
  }
  t.equal(peerFamily6.formatAddress(PREFIX), '2001:db8:8000:100::');
  t.equal(leaseAddress6(new Uint8Array(16), 0, true), `${'0'.repeat(32)}p`);
});

t.test(
  '[scenario 65] a client of DHCPv6 is its DUID: its address and its prefix count as one rejected client',
  async (t) => {
    const machine = Machine.in(relationship('load-balancing', 'server1'), 'load-balancing');
    const reject = (client: number): string => {
      const clients = [ADDRESS, PREFIX].map((address) => {
        const bytes = encodeRecord6({ address, duid: Uint8Array.of(0, 1, client) });
        return keyOf(peerFamily6.clientOf(bytes, 0, bytes.length));
      });
      return machine.submit({ kind: 'updates-rejected', clients }).heartbeat('load-balancing').name;
    };
    for (let client = 1; client < 10; client++) t.equal(reject(client), 'load-balancing', `client ${client}`);
    t.equal(reject(9), 'load-balancing', 'the same once more');
    t.equal(reject(10), 'terminated');
  },
);
