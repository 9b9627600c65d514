/** The Dhcp4 map itself: what surrounds it, its keys, its plain values. */
import { checkRefused, dhcp4, NOT_YET, subnet } from '../fixtures/marked-file.ts';

const U32 = 'an integer from 0 to 4294967295';
const S = 'Dhcp4/subnet4[0]';

checkRefused({
  'the document': [
    ['§[]', '', 'an empty list', 'a map with the key "Dhcp4"'],
    ['§7', '', '7', 'a map with the key "Dhcp4"'],
    ['§{ "Dhcp6": {} }', 'Dhcp4', 'nothing', 'a map'],
    ['{ "Dhcp4": §[] }', 'Dhcp4', 'an empty list', 'a map'],
    ['{ "Dhcp4": §"x" }', 'Dhcp4', '"x"', 'a map'],
  ],
  keys: [
    [
      dhcp4('§"valid-lifetme": 3'),
      'Dhcp4/valid-lifetme',
      'the unknown key "valid-lifetme"',
      'a key of Dhcp4, perhaps "valid-lifetime"',
    ],
    [dhcp4('§"bogus": 3'), 'Dhcp4/bogus', 'the unknown key "bogus"', 'a key of Dhcp4'],
    [dhcp4('§"constructor": 3'), 'Dhcp4/constructor', 'the unknown key "constructor"', 'a key of Dhcp4'],
    [dhcp4('§"a\\nb": 3'), 'Dhcp4/"a\\nb"', 'the unknown key "a\\nb"', 'a key of Dhcp4'],
    [dhcp4('§"pool": "x"'), 'Dhcp4/pool', 'the unknown key "pool"', 'a key of Dhcp4'],
    [dhcp4('§"metadata": {}'), 'Dhcp4/metadata', 'a map', `no such key in Dhcp4${NOT_YET}`],
    [dhcp4('"user-context": §[]'), 'Dhcp4/user-context', 'an empty list', 'a map'],
    [dhcp4('"comment": §1'), 'Dhcp4/comment', '1', 'a string'],
    [subnet('"comment": §{}'), `${S}/comment`, 'a map', 'a string'],
    [subnet('"user-context": §"x"'), `${S}/user-context`, '"x"', 'a map'],
  ],
  'numbers and flags of the server': [
    [
      dhcp4('"multi-threading": { "thread-pool-size": §65536 }'),
      'Dhcp4/multi-threading/thread-pool-size',
      '65536',
      'an integer from 0 to 65535',
    ],
    [
      dhcp4('"multi-threading": { "enable-multi-threading": §0 }'),
      'Dhcp4/multi-threading/enable-multi-threading',
      '0',
      'true or false',
    ],
    [
      dhcp4('"multi-threading": { "packet-queue-size": §"64" }'),
      'Dhcp4/multi-threading/packet-queue-size',
      '"64"',
      'an integer from 0 to 65535',
    ],
    [dhcp4('"parked-packet-limit": §-1'), 'Dhcp4/parked-packet-limit', '-1', U32],
    [dhcp4('"decline-probation-period": §null'), 'Dhcp4/decline-probation-period', 'null', U32],
    [dhcp4('"echo-client-id": §"true"'), 'Dhcp4/echo-client-id', '"true"', 'true or false'],
  ],
  "Tandem's own settings": [
    [dhcp4('"user-context": { "tandem": §1 }'), 'Dhcp4/user-context/tandem', '1', 'a map'],
    [
      dhcp4('"user-context": { "tandem": { §"fdata-sync": true } }'),
      'Dhcp4/user-context/tandem/fdata-sync',
      'the unknown key "fdata-sync"',
      'a key of user-context/tandem, perhaps "fdatasync"',
    ],
    [
      dhcp4('"user-context": { "tandem": { "fdatasync": §1 } }'),
      'Dhcp4/user-context/tandem/fdatasync',
      '1',
      'true or false',
    ],
    [
      dhcp4('"user-context": { "tandem": { "offer-hold-time": §0 } }'),
      'Dhcp4/user-context/tandem/offer-hold-time',
      '0',
      'an integer from 1 to 3600',
    ],
    [
      dhcp4('"user-context": { "tandem": { "max-leases": §33554433 } }'),
      'Dhcp4/user-context/tandem/max-leases',
      '33554433',
      'an integer from 0 to 33554432',
    ],
    [
      dhcp4('"user-context": { "tandem": { "shutdown-grace-time": §61 } }'),
      'Dhcp4/user-context/tandem/shutdown-grace-time',
      '61',
      'an integer from 0 to 60',
    ],
  ],
});
