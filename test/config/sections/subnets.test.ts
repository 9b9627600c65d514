/** `subnet4` with values that are refused. */
import { checkRefused, dhcp4, subnet } from '../fixtures/marked-file.ts';

const S = 'Dhcp4/subnet4[0]';

checkRefused({
  subnets: [
    [dhcp4('"subnet4": §{}'), 'Dhcp4/subnet4', 'a map', 'a list'],
    [dhcp4('"subnet4": [ §"10.0.0.0/8" ]'), `${S}`, '"10.0.0.0/8"', 'a map'],
    [
      dhcp4('"subnet4": [ { "subnet": "10.0.0.0/8", "id": §-1 } ]'),
      `${S}/id`,
      '-1',
      'an integer from 0 to 4294967294',
    ],
    [
      dhcp4('"subnet4": [ { "subnet": "10.0.0.0/8", "id": §null } ]'),
      `${S}/id`,
      'null',
      'an integer from 0 to 4294967294',
    ],
    [
      dhcp4('"subnet4": [ { "subnet": "10.0.0.0/24" }, { "id": §1, "subnet": "10.0.1.0/24" } ]'),
      'Dhcp4/subnet4[1]/id',
      '1',
      'an id that no other subnet has; 10.0.0.0/24 has it',
    ],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" }, §{ "subnet": "10.0.1.0/24" } ]'),
      'Dhcp4/subnet4[1]/id',
      '1',
      'an id that no other subnet has; 10.0.0.0/24 has it',
    ],
    [
      dhcp4('"subnet4": [ { "subnet": "10.0.0.0/8", "id": §4294967295 } ]'),
      `${S}/id`,
      '4294967295',
      'an integer from 0 to 4294967294',
    ],
    [dhcp4('"subnet4": [ §{ "id": 1 } ]'), `${S}/subnet`, 'nothing', 'a prefix such as "192.0.2.0/24"'],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": §"10.0.0.0" } ]'),
      `${S}/subnet`,
      '"10.0.0.0"',
      'a prefix such as "192.0.2.0/24"',
    ],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": §"10.0.0.0/33" } ]'),
      `${S}/subnet`,
      '"10.0.0.0/33"',
      'a prefix such as "192.0.2.0/24"',
    ],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": §"2001:db8::/64" } ]'),
      `${S}/subnet`,
      '"2001:db8::/64"',
      'a prefix such as "192.0.2.0/24"',
    ],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" }, { "id": §1, "subnet": "10.0.1.0/24" } ]'),
      'Dhcp4/subnet4[1]/id',
      '1',
      'an id that no other subnet has; 10.0.0.0/24 has it',
    ],
    [
      dhcp4('"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" }, { "id": 2, "subnet": §"10.0.0.0/24" } ]'),
      'Dhcp4/subnet4[1]/subnet',
      '10.0.0.0/24',
      'a prefix that no other subnet has; that of id 1 has it',
    ],
    [
      dhcp4('"subnet4": §[ { "id": 1, "subnet": "0.0.0.0/0", "pools": [ { "pool": "0.0.0.0/3" } ] } ]'),
      'Dhcp4/subnet4',
      'pools of 536870912 addresses',
      'at most 268435456 addresses in all pools',
    ],
    [
      subnet('"relay": { "ip-addresses": [ "10.0.0.1", §"10.0.0.256" ] }'),
      `${S}/relay/ip-addresses[1]`,
      '"10.0.0.256"',
      'an IPv4 address',
    ],
    [
      subnet('"relay": { "ip-addresses": §"10.0.0.1" }'),
      `${S}/relay/ip-addresses`,
      '"10.0.0.1"',
      'a list of IPv4 addresses',
    ],
    [
      subnet('"relay": { "ip-addresses": [], §"ip-address": "10.0.0.1" }'),
      `${S}/relay/ip-address`,
      '"ip-address" beside "ip-addresses"',
      'one of the two',
    ],
    [subnet('"relay": §"10.0.0.1"'), `${S}/relay`, '"10.0.0.1"', 'a map'],
    [subnet('"interface": §" "'), `${S}/interface`, '" "', 'a string that is not blank'],
    [subnet('"client-class": §1'), `${S}/client-class`, '1', 'a string'],
    [subnet('"client-classes": §"x"'), `${S}/client-classes`, '"x"', 'a list of class names'],
    [
      subnet('"next-server": §"boot.example.org"'),
      `${S}/next-server`,
      '"boot.example.org"',
      'an IPv4 address',
    ],
    [
      subnet(`"server-hostname": §"${'x'.repeat(64)}"`),
      `${S}/server-hostname`,
      `"${'x'.repeat(60)}..."`,
      'a string of at most 63 octets',
    ],
    [
      subnet(`"boot-file-name": §"${'x'.repeat(128)}"`),
      `${S}/boot-file-name`,
      `"${'x'.repeat(60)}..."`,
      'a string of at most 127 octets',
    ],
    [subnet('"match-client-id": §"no"'), `${S}/match-client-id`, '"no"', 'true or false'],
    [subnet('"authoritative": §null'), `${S}/authoritative`, 'null', 'true or false'],
    [
      subnet('§"rapid-commit": true'),
      `${S}/rapid-commit`,
      'the unknown key "rapid-commit"',
      'a key of subnet4[]',
    ],
  ],
});
