/** A partner's record as the command that would have done the same. */
import t from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { parsePartnerChange } from '../../src/events/partner-change.ts';
import { LeaseState } from '../../src/lease/state.ts';
import { encodeRecord } from '../peer/support/shards.ts';

const ADDRESS = parseIpv4('10.0.0.7')!;

t.test('a lease is an update with all that its command would say', async (t) => {
  const bytes = encodeRecord({ address: ADDRESS, userContext: '{"site":7}' });
  t.match(parsePartnerChange(bytes), {
    command: 'lease4-update',
    args: {
      'ip-address': '10.0.0.7',
      'hw-address': '02:00:0a:00:00:07',
      'client-id': '02:00:0a:00:00:07',
      'subnet-id': 1,
      'valid-lft': 3600,
      'user-context': { site: 7 },
      origin: 'ha-partner',
    },
  });
});

t.test('a deletion, and a lease that was given back, are deletions', async (t) => {
  const records = [
    { address: ADDRESS, isUpdate: false },
    { address: ADDRESS, state: LeaseState.released },
  ];
  for (const record of records)
    t.match(parsePartnerChange(encodeRecord(record)), {
      command: 'lease4-del',
      args: { 'ip-address': '10.0.0.7', origin: 'ha-partner' },
    });
});
