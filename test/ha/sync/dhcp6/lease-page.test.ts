/** Entries of a page of DHCPv6 leases: what this server shows is read as it was, and any other is told by its fault. */
import t from 'tap';
import { encodeLease6Json } from '../../../../src/control/commands/lease6-json.ts';
import { pageAddress6, readPageLease6 } from '../../../../src/ha/sync/dhcp6/lease-page.ts';
import { lease6, prefix6 } from '../../../lease/dhcp6/support/plain.ts';

const entryOf = (lease = lease6()) => JSON.parse(encodeLease6Json(lease, 'released'));

t.test('what the commands show is read as the same lease', async (t) => {
  const hwAddress = Uint8Array.of(2, 0, 0, 0, 0, 1);
  const named = { hostname: 'a.example', fqdnFwd: true, userContext: '{ "a": [ 1 ] }' };
  for (const lease of [lease6(), prefix6({ poolId: 7, state: 2 }), lease6({ ...named, hwAddress, state: 4 })])
    t.same(readPageLease6(entryOf(lease)), { ok: true, value: lease });
});

t.test('what Kea 2.2 tells of relays is read in the form of today', async (t) => {
  const relays = [{ hop: 0, link: '::', options: '0x003500020102', peer: '::' }];
  const entry = { ...entryOf(), 'user-context': { ISC: { relays } } };
  const userContext =
    '{ "ISC": { "relay-info": [ { "hop": 0, "link": "::", "options": "0x003500020102", "peer": "::", "relay-id": "0102" } ] } }';
  t.match(readPageLease6(entry), { ok: true, value: { userContext } });
});

t.test('each field that is missing or of another type makes an entry worthless', async (t) => {
  const rows: [object, RegExp][] = [
    [{ 'ip-address': undefined }, /ip-address/],
    [{ 'ip-address': '::' }, /ip-address/],
    [{ 'ip-address': '10.0.0.1' }, /ip-address/],
    [{ type: undefined }, /type/],
    [{ type: 'V4' }, /type/],
    [{ type: 'constructor' }, /type/],
    [{ type: { toString: 1, valueOf: 1 } }, /type/],
    [{ type: 'IA_PD' }, /prefix-len/],
    [{ type: 'IA_PD', 'prefix-len': 129 }, /prefix-len/],
    [{ type: 'IA_PD', 'prefix-len': 64 }, /prefix-len/],
    [{ duid: '' }, /duid/],
    [{ duid: '01:'.repeat(131) }, /duid/],
    [{ iaid: -1 }, /iaid/],
    [{ iaid: undefined }, /iaid/],
    [{ 'hw-address': 'zz' }, /hw-address/],
    [{ 'preferred-lft': undefined }, /preferred-lft/],
    [{ 'valid-lft': '1' }, /valid-lft/],
    [{ cltt: 0 }, /cltt/],
    [{ 'subnet-id': 0 }, /subnet-id/],
    [{ 'pool-id': 0 }, /pool-id/],
    [{ state: 5 }, /state/],
    [{ 'fqdn-fwd': 1 }, /fqdn-fwd/],
    [{ hostname: null }, /hostname/],
    [{ 'user-context': [] }, /user-context/],
  ];
  for (const [change, fault] of rows)
    t.match(readPageLease6({ ...entryOf(), ...change }), { ok: false, error: fault }, JSON.stringify(change));
  for (const entry of [null, 1, [], 'x']) t.match(readPageLease6(entry), { ok: false });
  t.equal(pageAddress6({}), null);
});
