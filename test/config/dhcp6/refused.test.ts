/** Files of DHCPv6 with values that are refused: each has its problem, at its place, and no other. */
import { checkRefused, dhcp4, dhcp6, NOT_YET, subnet6 } from '../fixtures/marked-file.ts';

const S = 'Dhcp6/subnet6[0]';
const RANGE = 'a range such as "2001:db8::10 - 2001:db8::99" or a prefix such as "2001:db8::/112"';
const pd = (members: string): string =>
  subnet6(`"pd-pools": [ { "prefix": "2001:db8:1::", "prefix-len": 48, "delegated-len": 64${members} } ]`);
const host = (members: string): string => subnet6(`"reservations": [ ${members} ]`);
const network = (members: string): string => dhcp6(`"shared-networks": [ { "name": "n"${members} } ]`);

checkRefused({
  'the file': [
    ['{ "Dhcp6": §[] }', 'Dhcp6', 'an empty list', 'a map'],
    [
      '{ §"Dhcp4": {}, "Dhcp6": {} }'.replace('§', '').replace('"Dhcp6"', '§"Dhcp6"'),
      'Dhcp6',
      'the key "Dhcp6" beside "Dhcp4"',
      '"Dhcp4" alone',
    ],
    ['{ "Dhcp6": {}, §"Logging": {} }', 'Logging', 'the key "Logging" beside "Dhcp6"', '"Dhcp6" alone'],
    [
      dhcp6('§"subnet4": []'),
      'Dhcp6/subnet4',
      'the unknown key "subnet4"',
      'a key of Dhcp6, perhaps "subnet6"',
    ],
    [
      dhcp6('§"authoritative": true'),
      'Dhcp6/authoritative',
      'the unknown key "authoritative"',
      'a key of Dhcp6',
    ],
    [
      dhcp4('§"preferred-lifetime": 1'),
      'Dhcp4/preferred-lifetime',
      'the unknown key "preferred-lifetime"',
      'a key of Dhcp4',
    ],
    [
      dhcp6('§"rapid-commit": true'),
      'Dhcp6/rapid-commit',
      'the unknown key "rapid-commit"',
      'a key of Dhcp6',
    ],
  ],
  'interfaces-config': [
    [
      '{ "Dhcp6": { "interfaces-config": { "interfaces": [ §"eth0/192.0.2.1" ] } } }',
      'Dhcp6/interfaces-config/interfaces[0]',
      '"eth0/192.0.2.1"',
      'an interface such as "eth0", "*" or "eth0/2001:db8::1"',
    ],
    [
      '{ "Dhcp6": { "interfaces-config": { "interfaces": §[ "eth0/2001:db8::1", "eth0/2001:DB8:0::1" ] } } }',
      'Dhcp6/interfaces-config/interfaces',
      '"eth0" a second time',
      'each interface once',
    ],
    [
      '{ "Dhcp6": { "interfaces-config": { §"dhcp-socket-type": "udp" } } }',
      'Dhcp6/interfaces-config/dhcp-socket-type',
      'the unknown key "dhcp-socket-type"',
      'a key of interfaces-config',
    ],
  ],
  subnets: [
    [
      dhcp6('"subnet6": [ { "id": 1, "subnet": §"192.0.2.0/24" } ]'),
      `${S}/subnet`,
      '"192.0.2.0/24"',
      'a prefix such as "2001:db8::/64"',
    ],
    [
      dhcp6('"subnet6": [ { "id": 1, "subnet": §"2001:db8::/129" } ]'),
      `${S}/subnet`,
      '"2001:db8::/129"',
      'a prefix such as "2001:db8::/64"',
    ],
    [
      dhcp6('"subnet6": [ { "id": 1, "subnet": §"2001:db8::" } ]'),
      `${S}/subnet`,
      '"2001:db8::"',
      'a prefix such as "2001:db8::/64"',
    ],
    [
      dhcp6('"subnet6": [ { "id": 1, "subnet": "2001:db8::/64" }, { "id": §1, "subnet": "2001:db9::/64" } ]'),
      'Dhcp6/subnet6[1]/id',
      '1',
      'an id that no other subnet has; 2001:db8::/64 has it',
    ],
    [
      dhcp6(
        '"subnet6": [ { "id": 1, "subnet": "2001:db8::/64" }, { "id": 2, "subnet": §"2001:DB8:0::/64" } ]',
      ),
      'Dhcp6/subnet6[1]/subnet',
      '2001:db8::/64',
      'a prefix that no other subnet has; that of id 1 has it',
    ],
    [
      subnet6('"interface": "eth0"', '§"interface-id": "x"'),
      `${S}/interface-id`,
      '"interface-id" beside "interface"',
      'one of the two: clients come by a relay or directly',
    ],
    [
      subnet6('"interface-id": §7'),
      `${S}/interface-id`,
      '7',
      'a text of 1 to 1024 octets, or octets such as "0x6162"',
    ],
    [
      subnet6('"relay": { "ip-addresses": §[ "2001:db8::1", "2001:DB8::1" ] }'),
      `${S}/relay/ip-addresses`,
      '2001:db8::1 a second time',
      'each relay once',
    ],
    [
      subnet6('"relay": { "ip-address": §"10.0.0.1" }'),
      `${S}/relay/ip-address`,
      '"10.0.0.1"',
      'an IPv6 address',
    ],
    [subnet6('"rapid-commit": §1'), `${S}/rapid-commit`, '1', 'true or false'],
    [
      subnet6('§"match-client-id": true'),
      `${S}/match-client-id`,
      'the unknown key "match-client-id"',
      'a key of subnet6[]',
    ],
    [
      subnet6('§"adaptive-lease-time-threshold": 0.5'),
      `${S}/adaptive-lease-time-threshold`,
      '0.5',
      `1${NOT_YET}`,
    ],
    [
      subnet6('"pd-allocator": §"first"'),
      `${S}/pd-allocator`,
      '"first"',
      'one of "iterative", "random", "flq"',
    ],
    [
      subnet6('"user-context": { "ha-server-name": §7 }'),
      `${S}/user-context/ha-server-name`,
      '7',
      'the name of a server of a relationship',
    ],
  ],
  lifetimes: [
    [
      dhcp6('"preferred-lifetime": 20', '"min-preferred-lifetime": §30'),
      'Dhcp6/min-preferred-lifetime',
      '30',
      'at most "preferred-lifetime", which is 20',
    ],
    [
      dhcp6(
        '"min-preferred-lifetime": 30',
        '"subnet6": [ { "id": 1, "subnet": "2001:db8::/64", "preferred-lifetime": §20 } ]',
      ),
      `${S}/preferred-lifetime`,
      '20',
      'at least "min-preferred-lifetime", which is 30',
    ],
    [dhcp6('"preferred-lifetime": §-1'), 'Dhcp6/preferred-lifetime', '-1', 'an integer from 0 to 4294967295'],
    [
      dhcp6('"renew-timer": 20', '"rebind-timer": 10').replace('"renew-timer": 20', '"renew-timer": §20'),
      'Dhcp6/renew-timer',
      '20',
      'at most "rebind-timer", which is 10',
    ],
    [
      dhcp6('"t1-percent": §0.9'),
      'Dhcp6/t1-percent',
      '0.9 as "t1-percent" and 0.8 as "t2-percent"',
      '"t1-percent" below "t2-percent"',
    ],
    [
      dhcp6(
        '"client-classes": [ { "name": "a", "min-preferred-lifetime": 1, "max-preferred-lifetime": 2, §"preferred-lifetime": 5 } ]',
      )
        .replace('§"preferred-lifetime": 5', '"preferred-lifetime": 5')
        .replace('"max-preferred-lifetime": 2', '"max-preferred-lifetime": §2'),
      'Dhcp6/client-classes[0]/max-preferred-lifetime',
      '2',
      'at least "preferred-lifetime", which is 5',
    ],
  ],
  pools: [
    [
      subnet6('"pools": [ { "pool": §"2001:db8::9 - 2001:db8::1" } ]'),
      `${S}/pools[0]/pool`,
      '"2001:db8::9 - 2001:db8::1"',
      RANGE,
    ],
    [
      subnet6('"pools": [ { "pool": §"2001:db8::ffff:0 - 2001:db8:0:1::" } ]'),
      `${S}/pools[0]/pool`,
      '2001:db8::ffff:0 - 2001:db8:0:1::',
      'addresses inside the subnet 2001:db8::/64',
    ],
    [
      subnet6('"pools": [ { "pool": "2001:db8::/80" }, { "pool": §"2001:db8::ff - 2001:db8::ff" } ]'),
      `${S}/pools[1]/pool`,
      '2001:db8::ff - 2001:db8::ff',
      'no overlap with the pool 2001:db8:: - 2001:db8::ffff:ffff:ffff',
    ],
  ],
  'pd-pools': [
    [
      subnet6('"pd-pools": [ §{ "prefix": "2001:db8:1::", "prefix-len": 48 } ]')
        .replace('§', '')
        .replace('"pd-pools": [ {', '"pd-pools": [ §{'),
      `${S}/pd-pools[0]/delegated-len`,
      'nothing',
      'an integer from 1 to 128',
    ],
    [
      pd('').replace('"prefix-len": 48', '"prefix-len": §0'),
      `${S}/pd-pools[0]/prefix-len`,
      '0',
      'an integer from 1 to 128',
    ],
    [
      pd('').replace('"delegated-len": 64', '"delegated-len": §40'),
      `${S}/pd-pools[0]/delegated-len`,
      '40',
      'at least "prefix-len", which is 48',
    ],
    [
      pd(', "excluded-prefix": "2001:db8:1::", "excluded-prefix-len": §64'),
      `${S}/pd-pools[0]/excluded-prefix-len`,
      '64',
      'more than "delegated-len", which is 64',
    ],
    [
      pd(', "excluded-prefix": §"2001:db8:1:1::", "excluded-prefix-len": 72'),
      `${S}/pd-pools[0]/excluded-prefix`,
      '2001:db8:1:1::/72',
      'a part of 2001:db8:1::/64, the first prefix of the pool',
    ],
    [
      pd(', "excluded-prefix-len": 72').replace('{ "prefix": "2', '§{ "prefix": "2'),
      `${S}/pd-pools[0]/excluded-prefix`,
      'nothing',
      'a part of 2001:db8:1::/64, the first prefix of the pool',
    ],
    [
      pd(', "excluded-prefix": "2001:db8:1::80"').replace('{ "prefix": "2', '§{ "prefix": "2'),
      `${S}/pd-pools[0]/excluded-prefix-len`,
      'nothing',
      'the length of "excluded-prefix"',
    ],
    [
      pd(' }, { "prefix": §"2001:db8:1:8000::", "prefix-len": 52, "delegated-len": 64'),
      `${S}/pd-pools[1]/prefix`,
      '2001:db8:1:8000::/52',
      'no overlap with the pool 2001:db8:1::/48',
    ],
  ],
  reservations: [
    [
      host('§{ "ip-addresses": [ "2001:db8::1" ] }'),
      `${S}/reservations[0]`,
      'no identifier',
      'one of "hw-address", "duid", "flex-id"',
    ],
    [
      host('§{ "duid": "01:02" }'),
      `${S}/reservations[0]`,
      'a reservation of nothing',
      'addresses, prefixes, a name, classes or options',
    ],
    [
      host('{ "duid": "01:02", §"ip-address": "10.0.0.1" }'),
      `${S}/reservations[0]/ip-address`,
      'the unknown key "ip-address"',
      'a key of reservations[], perhaps "hw-address"',
    ],
    [
      host('{ "duid": "01:02", §"client-id": "01" }'),
      `${S}/reservations[0]/client-id`,
      'the unknown key "client-id"',
      'a key of reservations[]',
    ],
    [
      host('{ "duid": "01:02", "ip-addresses": [ §"2001:db9::1" ] }'),
      `${S}/reservations[0]/ip-addresses[0]`,
      '2001:db9::1',
      'an address of the subnet 2001:db8::/64',
    ],
    [
      host('{ "duid": "01:02", "ip-addresses": [ "2001:db8::1", §"2001:db8:0::1" ] }'),
      `${S}/reservations[0]/ip-addresses[1]`,
      '2001:db8::1 a second time',
      'each of them once in a subnet, or "ip-reservations-unique": false',
    ],
    [
      host(
        '{ "duid": "01:02", "prefixes": [ "2001:db9::/64" ] }, { "duid": "01:03", "prefixes": [ §"2001:db9::/64" ] }',
      ),
      `${S}/reservations[1]/prefixes[0]`,
      '2001:db9::/64 a second time',
      'each of them once in a subnet, or "ip-reservations-unique": false',
    ],
    [
      host('{ "duid": "01:02", "hostname": "a" }, { "duid": §"0102", "hostname": "b" }'),
      `${S}/reservations[1]/duid`,
      'an identifier a second time',
      'each client once in a subnet',
    ],
    [
      host('{ "duid": "01:02", "prefixes": [ §"2001:db9::" ] }'),
      `${S}/reservations[0]/prefixes[0]`,
      '"2001:db9::"',
      'a prefix such as "2001:db8:1::/48"',
    ],
    [
      host('{ "duid": "01:02", "prefixes": [ "2001:db9::/48" ], "excluded-prefixes": §[] }'),
      `${S}/reservations[0]/excluded-prefixes`,
      '0 excluded prefixes',
      'one for each of the 1 prefixes, "" where nothing is excluded',
    ],
    [
      host('{ "duid": "01:02", "prefixes": [ "2001:db9::/48" ], "excluded-prefixes": [ §"2001:dba::/64" ] }'),
      `${S}/reservations[0]/excluded-prefixes[0]`,
      '2001:dba::/64',
      'a part of 2001:db9::/48',
    ],
  ],
  'shared networks': [
    [
      network(
        ', "rapid-commit": true, "subnet6": [ { "id": 1, "subnet": "2001:db8::/64" }, { "id": 2, "subnet": "2001:db9::/64", "rapid-commit": §false } ]',
      ),
      'Dhcp6/shared-networks[0]/subnet6[1]/rapid-commit',
      'false for 2001:db9::/64',
      'true, as for the rest of the network',
    ],
    [
      network(
        ', "interface": "eth0", "subnet6": [ { "id": 1, "subnet": "2001:db8::/64", "interface": §"eth1" } ]',
      ),
      'Dhcp6/shared-networks[0]/subnet6[0]/interface',
      '"eth1" for 2001:db8::/64',
      '"eth0", as for the rest of the network',
    ],
    [
      network(', §"subnet4": []'),
      'Dhcp6/shared-networks[0]/subnet4',
      'the unknown key "subnet4"',
      'a key of shared-networks[], perhaps "subnet6"',
    ],
    [
      dhcp6('"shared-networks": [ { "name": "n" }, { "name": §"n" } ]'),
      'Dhcp6/shared-networks[1]/name',
      '"n"',
      'a name that no other network has',
    ],
  ],
  options: [
    [
      dhcp6('"option-data": [ { "name": "dns-servers", "data": §"10.0.0.1" } ]'),
      'Dhcp6/option-data[0]/data',
      '"10.0.0.1"',
      'an IPv6 address',
    ],
    [
      dhcp6('"option-data": [ { "name": §"dns-server", "data": "::1" } ]'),
      'Dhcp6/option-data[0]/name',
      '"dns-server"',
      'the name of an option of the space "dhcp6", perhaps "dns-servers"',
    ],
    [
      dhcp6('"option-data": [ { "code": §0, "csv-format": false, "data": "00" } ]'),
      'Dhcp6/option-data[0]/code',
      '0',
      'a code from 1 to 65535: 0 is none',
    ],
    [
      dhcp6('"option-data": [ { "code": §65536, "csv-format": false, "data": "00" } ]'),
      'Dhcp6/option-data[0]/code',
      '65536',
      'an integer from 0 to 65535',
    ],
    [
      dhcp6('"option-data": [ { "name": "routers", "space": §"dhcp4", "data": "10.0.0.1" } ]'),
      'Dhcp6/option-data[0]/space',
      '"dhcp4"',
      'the name of a space of letters, digits, "-" and "_", not "dhcp4"',
    ],
    [
      dhcp6('"option-def": [ { "name": "x", "code": §23, "type": "string" } ]'),
      'Dhcp6/option-def[0]/code',
      '23',
      'a code that no standard option has; it is that of "dns-servers", option 23',
    ],
  ],
  classes: [
    [
      dhcp6('"client-classes": [ { "name": "a", §"next-server": "10.0.0.1" } ]'),
      'Dhcp6/client-classes[0]/next-server',
      'the unknown key "next-server"',
      'a key of client-classes[]',
    ],
    [
      dhcp6('"client-classes": [ { "name": "a", §"option-def": [] } ]'),
      'Dhcp6/client-classes[0]/option-def',
      'the unknown key "option-def"',
      'a key of client-classes[], perhaps "option-data"',
    ],
    [
      dhcp6('"client-classes": [ { "name": "a", "test": "§pkt4.mac == 0x01" } ]'),
      'Dhcp6/client-classes[0]/test',
      '"pkt4" at character 1 of "pkt4.mac == 0x01"',
      'what a DHCPv6 query has',
    ],
    [
      dhcp6('"client-classes": [ { "name": "a", "test": "relay6[§32].peeraddr == 2001:db8::1" } ]'),
      'Dhcp6/client-classes[0]/test',
      '"32" at character 8 of "relay6[32].peeraddr == 2001:db8::1"',
      'an integer from -32 to 31',
    ],
    [
      dhcp6('"client-classes": [ { "name": "a", "test": "option[§65536].exists" } ]'),
      'Dhcp6/client-classes[0]/test',
      '"65536" at character 8 of "option[65536].exists"',
      'an integer from 0 to 65535',
    ],
  ],
  'the server': [
    [dhcp6('"server-id": §{}'), 'Dhcp6/server-id/type', 'nothing', 'one of "LLT", "EN", "LL"'],
    [dhcp6('"server-id": { "type": §"UUID" }'), 'Dhcp6/server-id/type', '"UUID"', 'one of "LLT", "EN", "LL"'],
    [
      dhcp6('"server-id": { "type": "EN", "identifier": §"87a" }'),
      'Dhcp6/server-id/identifier',
      '"87a"',
      'pairs of hexadecimal digits such as "0a1b", at most 122',
    ],
    [
      dhcp6('"server-id": { "type": "LL", "htype": §65536 }'),
      'Dhcp6/server-id/htype',
      '65536',
      'an integer from 0 to 65535',
    ],
    [
      dhcp6('"relay-supplied-options": [ "65", §"erp" ]'),
      'Dhcp6/relay-supplied-options[1]',
      '"erp"',
      'the name of an option or a code from 1 to 65535, perhaps "ero"',
    ],
    [
      dhcp6('"relay-supplied-options": [ §"70000" ]'),
      'Dhcp6/relay-supplied-options[0]',
      '"70000"',
      'the name of an option or a code from 1 to 65535',
    ],
    [
      dhcp6('"mac-sources": §[]'),
      'Dhcp6/mac-sources',
      'an empty list',
      'a list of sources that is not empty',
    ],
    [
      dhcp6('"mac-sources": §[ "rfc6939", "client-link-addr-option" ]'),
      'Dhcp6/mac-sources',
      '"client-link-addr-option" a second time',
      'each source once',
    ],
    [
      dhcp6('"host-reservation-identifiers": [ §"client-id" ]'),
      'Dhcp6/host-reservation-identifiers[0]',
      '"client-id"',
      'one of "hw-address", "duid", "flex-id"',
    ],
    [
      dhcp6('"compatibility": { §"exclude-first-last-24": false }'),
      'Dhcp6/compatibility/exclude-first-last-24',
      'the unknown key "exclude-first-last-24"',
      'a key of compatibility',
    ],
    [
      dhcp6('"hooks-libraries": [ { §"library": "libdhcp_ping_check.so" } ]'),
      'Dhcp6/hooks-libraries[0]/library',
      '"libdhcp_ping_check.so"',
      `libdhcp_lease_cmds.so or libdhcp_ha.so${NOT_YET}`,
    ],
    [
      dhcp6('"hooks-libraries": [ { "library": §"libdhcp_nothing.so" } ]'),
      'Dhcp6/hooks-libraries[0]/library',
      '"libdhcp_nothing.so"',
      'a library of Kea such as libdhcp_lease_cmds.so',
    ],
  ],
});
