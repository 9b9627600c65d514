/** `option-data` with values that are refused. */
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

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
      'the name of an option of the space "dhcp4", perhaps "routers"',
    ],
    [
      dhcp4('"option-data": [ { "name": §"zzz", "data": "10.0.0.1" } ]'),
      'Dhcp4/option-data[0]/name',
      '"zzz"',
      'the name of an option of the space "dhcp4"',
    ],
    [
      dhcp4('"option-data": [ { "code": §0, "data": "" } ]'),
      'Dhcp4/option-data[0]/code',
      '0',
      'a code from 1 to 254: 0 and 255 are no options',
    ],
    [
      dhcp4('"option-data": [ { "code": §255, "data": "" } ]'),
      'Dhcp4/option-data[0]/code',
      '255',
      'a code from 1 to 254: 0 and 255 are no options',
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
      dhcp4('"option-data": [ §{ "name": "domain-name" } ]'),
      'Dhcp4/option-data[0]/data',
      '""',
      '1 value (string); a comma inside a value is written "\\\\,"',
    ],
    [
      dhcp4('"option-data": [ { "code": §222, "data": "0a" } ]'),
      'Dhcp4/option-data[0]/code',
      '222, which nothing defines in the space "dhcp4"',
      'an "option-def" for it, or hexadecimal data and "csv-format": false',
    ],
    [
      dhcp4('"option-data": [ { "name": "interface-mtu", "data": §"65536" } ]'),
      'Dhcp4/option-data[0]/data',
      '"65536"',
      'an integer from 0 to 65535, decimal or hexadecimal',
    ],
    [
      dhcp4('"option-data": [ { "code": 222, "csv-format": false, "data": §"no hex" } ]'),
      'Dhcp4/option-data[0]/data',
      '"no hex"',
      'hexadecimal octets such as "0x0102", "01:02", "01 02", "0102", or \'text\'',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "csv-format": false, "data": §"0a0000" } ]'),
      'Dhcp4/option-data[0]/data',
      '3 octets',
      'the octets of 1 or more values (ipv4-address)',
    ],
    [
      dhcp4('"option-data": [ { "code": §3, "data": "10.0.0.1", "space": "vendor-4491" } ]'),
      'Dhcp4/option-data[0]/code',
      '3, which nothing defines in the space "vendor-4491"',
      'an "option-def" for it, or hexadecimal data and "csv-format": false',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", "space": §"dhcp6" } ]'),
      'Dhcp4/option-data[0]/space',
      '"dhcp6"',
      'the name of a space of letters, digits, "-" and "_", not "dhcp6"',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", "always-send": §1 } ]'),
      'Dhcp4/option-data[0]/always-send',
      '1',
      'true or false',
    ],
    [
      dhcp4('"option-data": [ { "code": 3, "data": "10.0.0.1", "client-classes": [ §1 ] } ]'),
      'Dhcp4/option-data[0]/client-classes[0]',
      '1',
      'a string that is not blank',
    ],
  ],
});
