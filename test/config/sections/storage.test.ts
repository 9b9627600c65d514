/** `lease-database` and `expired-leases-processing` with values that are refused. */
import { checkRefused, dhcp4, NOT_YET } from '../fixtures/marked-file.ts';

const U32 = 'an integer from 0 to 4294967295';

checkRefused({
  storage: [
    [dhcp4('"lease-database": §"memfile"'), 'Dhcp4/lease-database', '"memfile"', 'a map'],
    [dhcp4('"lease-database": §{}'), 'Dhcp4/lease-database/type', 'nothing', '"memfile"'],
    [
      dhcp4('"lease-database": { §"type": "mysql" }'),
      'Dhcp4/lease-database/type',
      '"mysql"',
      `"memfile"${NOT_YET}`,
    ],
    [
      dhcp4('"lease-database": { "type": §"csv" }'),
      'Dhcp4/lease-database/type',
      '"csv"',
      'one of "memfile", "mysql", "postgresql"',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "persist": §"yes" }'),
      'Dhcp4/lease-database/persist',
      '"yes"',
      'true or false',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "name": §" " }'),
      'Dhcp4/lease-database/name',
      '" "',
      'a string that is not blank',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "name": §"../x.csv" }'),
      'Dhcp4/lease-database/name',
      '"../x.csv"',
      'a file inside /var/lib/kea, or an absolute path',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "lfc-interval": §1.5 }'),
      'Dhcp4/lease-database/lfc-interval',
      '1.5',
      U32,
    ],
    [
      dhcp4('"sanity-checks": { "lease-checks": §"Warn" }'),
      'Dhcp4/sanity-checks/lease-checks',
      '"Warn"',
      'one of "none", "warn", "fix", "fix-del", "del"',
    ],
    [
      dhcp4('"sanity-checks": { "extended-info-checks": §"off" }'),
      'Dhcp4/sanity-checks/extended-info-checks',
      '"off"',
      'one of "none", "fix", "strict", "pedantic"',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "max-row-errors": §4294967296 }'),
      'Dhcp4/lease-database/max-row-errors',
      '4294967296',
      U32,
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "max-reconnect-tries": §-1 }'),
      'Dhcp4/lease-database/max-reconnect-tries',
      '-1',
      U32,
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", "password": §17 }'),
      'Dhcp4/lease-database/password',
      'a number',
      'a string',
    ],
    [
      dhcp4('"lease-database": { "type": "memfile", §"user-context": {} }'),
      'Dhcp4/lease-database/user-context',
      'the unknown key "user-context"',
      'a key of lease-database',
    ],
    [dhcp4('"expired-leases-processing": §[]'), 'Dhcp4/expired-leases-processing', 'an empty list', 'a map'],
    [
      dhcp4('"expired-leases-processing": { "reclaim-timer-wait-time": §65536 }'),
      'Dhcp4/expired-leases-processing/reclaim-timer-wait-time',
      '65536',
      'an integer from 0 to 65535',
    ],
    [
      dhcp4('"expired-leases-processing": { "max-reclaim-time": §10001 }'),
      'Dhcp4/expired-leases-processing/max-reclaim-time',
      '10001',
      'an integer from 0 to 10000',
    ],
    [
      dhcp4('"expired-leases-processing": { "unwarned-reclaim-cycles": §true }'),
      'Dhcp4/expired-leases-processing/unwarned-reclaim-cycles',
      'true',
      'an integer from 0 to 65535',
    ],
  ],
});
