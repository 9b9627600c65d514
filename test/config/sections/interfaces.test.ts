/** `interfaces-config` with values that are refused. */
import { checkRefused } from '../fixtures/marked-file.ts';

const U32 = 'an integer from 0 to 4294967295';

checkRefused({
  'interfaces-config': [
    ['{ "Dhcp4": { "interfaces-config": §null } }', 'Dhcp4/interfaces-config', 'null', 'a map'],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": §"tcp" } } }',
      'Dhcp4/interfaces-config/dhcp-socket-type',
      '"tcp"',
      'one of "raw", "udp"',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "interfaces": §"eth0" } } }',
      'Dhcp4/interfaces-config/interfaces',
      '"eth0"',
      'a list of interfaces',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "interfaces": [ "a", §"eth0/2001:db8::1" ] } } }',
      'Dhcp4/interfaces-config/interfaces[1]',
      '"eth0/2001:db8::1"',
      'an interface such as "eth0", "*" or "eth0/192.0.2.1"',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "interfaces": [ §"*/10.0.0.1" ] } } }',
      'Dhcp4/interfaces-config/interfaces[0]',
      '"*/10.0.0.1"',
      'an interface such as "eth0", "*" or "eth0/192.0.2.1"',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "interfaces": §[ "a", "a" ] } } }',
      'Dhcp4/interfaces-config/interfaces',
      '"a" a second time',
      'each interface once',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "outbound-interface": §"eth1" } } }',
      'Dhcp4/interfaces-config/outbound-interface',
      '"eth1"',
      'one of "same-as-inbound", "use-routing"',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "re-detect": §1 } } }',
      'Dhcp4/interfaces-config/re-detect',
      '1',
      'true or false',
    ],
    [
      '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp", "service-sockets-max-retries": §-1 } } }',
      'Dhcp4/interfaces-config/service-sockets-max-retries',
      '-1',
      U32,
    ],
  ],
});
