/** `pools` with values that are refused. */
import { checkRefused, subnet } from '../fixtures/marked-file.ts';

const U32 = 'an integer from 0 to 4294967295';
const RANGE = 'a range such as "192.0.2.10 - 192.0.2.99" or a prefix such as "192.0.2.0/28"';
const S = 'Dhcp4/subnet4[0]';

checkRefused({
  pools: [
    [subnet('"pools": §{}'), `${S}/pools`, 'a map', 'a list'],
    [subnet('"pools": [ §{} ]'), `${S}/pools[0]/pool`, 'nothing', RANGE],
    [
      subnet('"pools": [ { "pool": §"192.0.2.9 - 192.0.2.1" } ]'),
      `${S}/pools[0]/pool`,
      '"192.0.2.9 - 192.0.2.1"',
      RANGE,
    ],
    [subnet('"pools": [ { "pool": §"192.0.2.9" } ]'), `${S}/pools[0]/pool`, '"192.0.2.9"', RANGE],
    [
      subnet('"pools": [ { "pool": §"192.0.2.250 - 192.0.3.1" } ]'),
      `${S}/pools[0]/pool`,
      '192.0.2.250 - 192.0.3.1',
      'addresses inside the subnet 192.0.2.0/24',
    ],
    [
      subnet('"pools": [ { "pool": §"192.0.0.0/16" } ]'),
      `${S}/pools[0]/pool`,
      '192.0.0.0 - 192.0.255.255',
      'addresses inside the subnet 192.0.2.0/24',
    ],
    [
      subnet('"pools": [ { "pool": §"192.0.2.20 - 192.0.2.29" }, { "pool": "192.0.2.10 - 192.0.2.20" } ]'),
      `${S}/pools[0]/pool`,
      '192.0.2.20 - 192.0.2.29',
      'no overlap with the pool 192.0.2.10 - 192.0.2.20',
    ],
    [
      subnet(
        '"pools": [ { "pool": "192.0.2.0/25" }, { "pool": "192.0.2.128/26" }, { "pool": §"192.0.2.64/30" } ]',
      ),
      `${S}/pools[2]/pool`,
      '192.0.2.64 - 192.0.2.67',
      'no overlap with the pool 192.0.2.0 - 192.0.2.127',
    ],
    [subnet('"pools": [ { "pool": "192.0.2.0/25", "pool-id": §-1 } ]'), `${S}/pools[0]/pool-id`, '-1', U32],
    [
      subnet('"pools": [ { "pool": "192.0.2.0/25", "client-classes": [ §7 ] } ]'),
      `${S}/pools[0]/client-classes[0]`,
      '7',
      'a string that is not blank',
    ],
    [
      subnet('"pools": [ { "pool": "192.0.2.0/25", §"client-class": "ALL", "client-classes": [ ] } ]'),
      `${S}/pools[0]/client-class`,
      '"client-class" beside "client-classes"',
      'one of the two',
    ],
    [
      subnet('"pools": [ { "pool": "192.0.2.0/25", "evaluate-additional-classes": [ §"" ] } ]'),
      `${S}/pools[0]/evaluate-additional-classes[0]`,
      '""',
      'a string that is not blank',
    ],
    [
      subnet('"pools": [ { "pool": "192.0.2.0/25", "option-data": [ { "code": 3, "data": §"x" } ] } ]'),
      `${S}/pools[0]/option-data[0]/data`,
      '"x"',
      'an IPv4 address',
    ],
  ],
});
