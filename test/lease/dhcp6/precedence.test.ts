/** Which of two DHCPv6 leases stands. The rule itself is every family's; what makes two leases the same is DHCPv6's. */
import t from 'tap';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { isInForce6, isSameIa, standingLease6 } from '../../../src/lease/dhcp6/precedence.ts';
import { isLaterByFar } from '../../../src/lease/precedence.ts';
import { INFINITE_LIFETIME_SEC, LeaseState } from '../../../src/lease/state.ts';
import { lease6, prefix6 } from './support/plain.ts';

const NOW_SEC = 1_800_000_100;
const OTHER_DUID = Uint8Array.of(0, 3, 0, 1, 2, 0, 0, 0, 0, 8);

t.test('the later one stands, and within one second that of the other server', async (t) => {
  const ours = lease6();
  const standing = (fields: Partial<Lease6>) => standingLease6(ours, lease6(fields), NOW_SEC);
  t.equal(standing({}), 'same');
  t.equal(standing({ clttSec: ours.clttSec + 1 }), 'theirs');
  t.equal(standing({ clttSec: ours.clttSec - 1, duid: OTHER_DUID }), 'ours');
  t.equal(standing({ state: LeaseState.released }), 'ours', 'one in force stands before one that is over');
  const ahead = lease6({ clttSec: NOW_SEC + 121, duid: OTHER_DUID });
  t.equal(standingLease6(ahead, ours, NOW_SEC), 'theirs', 'a clock that was set back says nothing');
  t.equal(standingLease6(ahead, ahead, NOW_SEC), 'same');
});

t.test('of two clients the one whose lease is in force stands, whoever was seen later', async (t) => {
  const inForce = lease6();
  const left = { clttSec: inForce.clttSec + 60, state: LeaseState.released };
  const leftByOther = lease6({ ...left, duid: OTHER_DUID });
  t.equal(standingLease6(inForce, leftByOther, NOW_SEC), 'ours');
  t.equal(standingLease6(leftByOther, inForce, NOW_SEC), 'theirs', 'and both servers say so');
  t.equal(
    standingLease6(inForce, lease6(left), NOW_SEC),
    'theirs',
    'what a client leaves itself it has left',
  );
  t.equal(standingLease6(lease6(left), inForce, NOW_SEC), 'ours');
  const isOver = inForce.clttSec + inForce.validLifetimeSec;
  t.equal(standingLease6(inForce, leftByOther, isOver), 'theirs', 'both are over');
});

t.test(
  'which of its leases a client had by far the last is told by no clock that was set back',
  async (t) => {
    const lease = { clttSec: NOW_SEC };
    t.ok(isLaterByFar(lease, { clttSec: NOW_SEC - 61 }, NOW_SEC));
    t.notOk(isLaterByFar(lease, { clttSec: NOW_SEC - 60 }, NOW_SEC), 'that may be two clocks');
    t.ok(isLaterByFar({ clttSec: NOW_SEC + 120 }, lease, NOW_SEC));
    t.notOk(isLaterByFar({ clttSec: NOW_SEC + 121 }, lease, NOW_SEC));
  },
);

t.test('each field that a server acts on makes two leases differ', async (t) => {
  const ours = lease6({ hostname: 'a', hwAddress: Uint8Array.of(1, 2) });
  const differing: Partial<Lease6>[] = [
    { duid: OTHER_DUID },
    { iaid: 9 },
    { subnetId: 2 },
    { preferredLifetimeSec: 1799 },
    { validLifetimeSec: 3601 },
    { state: LeaseState.declined },
    { hostname: 'b' },
    { fqdnFwd: true },
    { fqdnRev: true },
    { hwAddress: Uint8Array.of(1, 3) },
    { userContext: '{"a":1}' },
  ];
  for (const fields of differing)
    t.equal(standingLease6(ours, { ...ours, ...fields }, NOW_SEC), 'theirs', `${Object.keys(fields)}`);
  t.equal(standingLease6(prefix6(), prefix6({ prefixLength: 60 }), NOW_SEC), 'theirs');
  t.equal(standingLease6(lease6(), lease6({ fqdnFwd: true }), NOW_SEC), 'same', 'flags without a name');
  t.equal(standingLease6(ours, { ...ours, hwType: 6, hwSource: 2, poolId: 3 }, NOW_SEC), 'same');
});

t.test('an identity association is DUID, IAID and type', async (t) => {
  t.ok(isSameIa(lease6(), lease6({ address: prefix6().address })));
  t.notOk(isSameIa(lease6(), prefix6()));
  t.notOk(isSameIa(lease6(), lease6({ iaid: 1 })));
  t.notOk(isSameIa(lease6(), lease6({ duid: OTHER_DUID })));
});

t.test('a lease is in force while it keeps its address from others', async (t) => {
  const end = lease6().clttSec + 3600;
  t.ok(isInForce6(lease6(), end - 1));
  t.notOk(isInForce6(lease6(), end));
  t.ok(isInForce6(lease6({ validLifetimeSec: INFINITE_LIFETIME_SEC }), 2 ** 40));
  t.ok(isInForce6(lease6({ state: LeaseState.declined }), end - 1));
  t.notOk(isInForce6(lease6({ state: LeaseState.released }), end - 1));
});
