/** A DHCPv6 partner's record as the command that would have done the same. */
import t from 'tap';
import { parsePartnerChange6 } from '../../../src/events/dhcp6/partner-change.ts';
import { recordOfLease6 } from '../../../src/lease/dhcp6/csv-lease.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { encodeUpdateRecord6, UPDATE_RECORD_BYTES_MAX_6 } from '../../../src/lease/dhcp6/update-record.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { lease6, prefix6 } from '../../lease/dhcp6/support/plain.ts';

function changeOf(lease: Lease6, isUpdate: boolean) {
  const bytes = new Uint8Array(UPDATE_RECORD_BYTES_MAX_6);
  const length = encodeUpdateRecord6(bytes, 0, recordOfLease6(lease), isUpdate);
  return parsePartnerChange6(bytes.subarray(0, length));
}

const lease = lease6({
  address: ip6('2001:db8::7'),
  duid: Uint8Array.of(0, 3, 0, 1),
  validLifetimeSec: 4000,
});

t.test('leases are updates with all that their command would say', async (t) => {
  t.match(changeOf(lease, true), {
    command: 'lease6-update',
    args: {
      'ip-address': '2001:db8::7',
      type: 'IA_NA',
      duid: '00:03:00:01',
      'valid-lft': 4000,
      origin: 'ha-partner',
    },
  });
  t.match(changeOf(prefix6({ prefixLength: 56 }), true), { args: { type: 'IA_PD', 'prefix-len': 56 } });
});

t.test('a deletion, and a lease that was given back, are deletions', async (t) => {
  const deletion = { command: 'lease6-del', args: { 'ip-address': '2001:db8::7', origin: 'ha-partner' } };
  t.match(changeOf(lease, false), deletion);
  t.match(changeOf({ ...lease, state: LeaseState.released }, true), deletion);
});
