/** `option-data` with values that are refused. */
import { checkRefused, dhcp4, NOT_YET } from '../fixtures/marked-file.ts';

checkRefused({
  'option-data': [
    [dhcp4('"option-data": §{}'), 'Dhcp4/option-data', 'a map', 'a list'],
    [
      dhcp4('"option-data": [ §{ "data": "1" } ]'),
      'Dhcp4/option-data[0]',
      'neither "name" nor "code"',
      'the name or the code of an option',
    ],
    [
      dhcp4('"option-data": [ { "name": §"router", "data": "10.0.0.1" } ]'),
      'Dhcp4/option-data[0]/name',
      '"router"',
      'the name of a standard DHCPv4 option, perhaps "routers"',
    ],
    [
      dhcp4('"option-data": [ { "name": §"zzz", "data": "10.0.0.1" } ]'),
      'Dhcp4/option-data[0]/name',
      '"zzz"',
      'the name of a standard DHCPv4 option',
    ],
    [
      dhcp4('"option-data": [ { "code": §0, "data": "" } ]'),
      'Dhcp4/option-data[0]/code',
      '0',
      'an integer from 1 to 254',
    ],
    [
      dhcp4('"option-data": [ { "code": §255, "data": "" } ]'),
      'Dhcp4/option-data[0]/code',
      '255',
      'an integer from 1 to 254',
    ],
    [
      dhcp4('"option-data": [ { "name": "routers", "code": §6, "data": "10.0.0.1" } ]'),
      'Dhcp4/option-data[0]/code',
      '6',
      '3, the code of "routers"',
    ],
    [
      dhcp4('"option-data": [ { "name": "routers", "data": §"10.0.0.1, 10.0.0" } ]'),
      'Dhcp4/option-data[0]/data',
      '"10.0.0"',
      'an IPv4 address',
    ],
    [
      dhcp4('"option-data": [ { "name": "routers", "data": §17 } ]'),
      'Dhcp4/option-data[0]/data',
      '17',
      'a string',
    ],
    [
      dhcp4('"option-data": [ §{ "name": "routers" } ]'),
      'Dhcp4/option-data[0]/data',
      '""',
      'an IPv4 address',
    ],
    [
      dhcp4('"option-data": [ { "name": "domain-name", "data": §"a, b" } ]'),
      'Dhcp4/option-data[0]/data',
      '"a, b"',
      '1 value (string); a comma inside a value is written "\\\\,"',
    ],
    [
      dhcp4('"option-data": [ { "name": "interface-mtu", "data": §"65536" } ]'),
      'Dhcp4/option-data[0]/data',
      '"65536"',
      'an integer from 0 to 65535, decimal or hexadecimal',
    ],
    [
      dhcp4('"option-data": [ { "code": 222, "data": §"no hex" } ]'),
      'Dhcp4/option-data[0]/data',
      '"no hex"',
      'hexadecimal octets such as "0x0102", "01:02", "01 02", "0102", or \'text\'',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "csv-format": false, "data": §"0a0000" } ]'),
      'Dhcp4/option-data[0]/data',
      '3 octets',
      '4 octets or more by steps of 4',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", §"space": "vendor-4491" } ]'),
      'Dhcp4/option-data[0]/space',
      '"vendor-4491"',
      `"dhcp4"${NOT_YET}`,
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", "always-send": §1 } ]'),
      'Dhcp4/option-data[0]/always-send',
      '1',
      'true or false',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", §"client-classes": [ "x" ] } ]'),
      'Dhcp4/option-data[0]/client-classes',
      'a list of 1',
      `an empty list${NOT_YET}`,
    ],
  ],
});
