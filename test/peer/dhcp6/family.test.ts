/** Lease updates of DHCPv6 to a Kea: what is asked, what its answers mean, and whose leases they are about. */
import t from 'tap';
import { leaseAddress6 } from '../../../src/lease/dhcp6/lease-address.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { peerFamily6 } from '../../../src/peer/dhcp6/family.ts';
import type { PeerAnswer } from '../../../src/peer/model.ts';
import { address6, encodeRecord6, prefixAddress6, type TestRecord6 } from '../support/records6.ts';

const ADDRESS = address6('2001:db8:1::1');
const PREFIX = prefixAddress6('2001:db8:8000:100::');

function requestOf(change: TestRecord6): Uint8Array {
  const bytes = encodeRecord6(change);
  const isUpdate = change.isUpdate ?? true;
  return peerFamily6.encodeRequest({
    bytes,
    offset: 0,
    length: bytes.length,
    isUpdate,
    address: change.address,
  });
}

const bodyOf = (change: TestRecord6) => JSON.parse(Buffer.from(requestOf(change)).toString());

const answered = (result: number, args?: unknown): PeerAnswer =>
  ({ kind: 'answer', result, text: 'the text', arguments: args }) as PeerAnswer;

t.test('one lease a request, an address and a prefix as a Kea reads them', async (t) => {
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
    [answered(0, failed(1)), { kind: 'taken' }],
    [answered(3), { kind: 'taken' }],
    [answered(3, deleted), { kind: 'taken' }],
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
  for (const [answer, outcome] of rows) t.match(peerFamily6.judge(answer), outcome, JSON.stringify(answer));
});

t.test('the client of a request is the one whose lease it is, whatever it calls itself', async (t) => {
  const duid = Uint8Array.of(0, 1, 0xab);
  for (const hostname of ['', 'a.example', 'x","duid":"de:ad', '"duid":"de:ad"'])
    for (const userContext of ['', '{"duid":"de:ad"}'])
      t.same(
        peerFamily6.clientOfRequest(requestOf({ address: ADDRESS, duid, hostname, userContext })),
        { hwAddress: '', clientId: '00:01:ab' },
        hostname,
      );
  t.same(peerFamily6.clientOfRequest(Buffer.from('{}')), { hwAddress: '', clientId: '' });
});

t.test('addresses of records are those of what they are about', async (t) => {
  for (const address of [ADDRESS, PREFIX]) {
    const bytes = new Uint8Array([0xee, ...encodeRecord6({ address })]);
    t.equal(peerFamily6.addressOf(bytes, 1), address);
  }
  t.equal(peerFamily6.formatAddress(PREFIX), '2001:db8:8000:100::');
  t.equal(leaseAddress6(new Uint8Array(16), 0, true), `${'0'.repeat(32)}p`);
});
