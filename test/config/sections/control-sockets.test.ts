/** Control sockets with values that are refused. */
import { checkRefused, dhcp4, NOT_YET } from '../fixtures/marked-file.ts';

checkRefused({
  'control sockets': [
    [dhcp4('"control-socket": §null'), 'Dhcp4/control-socket', 'null', 'a map'],
    [dhcp4('"control-socket": §{}'), 'Dhcp4/control-socket/socket-type', 'nothing', '"unix" or "http"'],
    [
      dhcp4('"control-socket": §{ "socket-type": "unix" }'),
      'Dhcp4/control-socket/socket-name',
      'nothing',
      'the path of the socket',
    ],
    [
      dhcp4('"control-socket": { "socket-type": §"tcp" }'),
      'Dhcp4/control-socket/socket-type',
      '"tcp"',
      'one of "unix", "http", "https"',
    ],
    [
      dhcp4(`"control-socket": { "socket-type": "unix", "socket-name": §"/${'x'.repeat(107)}" }`),
      'Dhcp4/control-socket/socket-name',
      `"/${'x'.repeat(59)}...", 108 octets`,
      'a path of at most 107 octets',
    ],
    [
      dhcp4('"control-sockets": [ { §"socket-type": "https" } ]'),
      'Dhcp4/control-sockets[0]/socket-type',
      '"https"',
      `"unix" or "http"${NOT_YET}`,
    ],
    [
      dhcp4('"control-sockets": [ { "socket-type": "http", "socket-address": §"localhost" } ]'),
      'Dhcp4/control-sockets[0]/socket-address',
      '"localhost"',
      'an IP address',
    ],
    [
      dhcp4('"control-sockets": [ { "socket-type": "http", "socket-port": §0 } ]'),
      'Dhcp4/control-sockets[0]/socket-port',
      '0',
      'an integer from 1 to 65535',
    ],
    [
      dhcp4('"control-sockets": [ { "socket-type": "http" }, §{ "socket-type": "http" } ]'),
      'Dhcp4/control-sockets[1]',
      '127.0.0.1 port 8000 a second time',
      'one unix socket, and http sockets of different addresses or ports',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "unix", "socket-name": "a" }, §{ "socket-type": "unix", "socket-name": "b" } ]',
      ),
      'Dhcp4/control-sockets[1]',
      'a second unix socket',
      'one unix socket, and http sockets of different addresses or ports',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", §"authentication": { "clients": [ { "user": "x" } ] } } ]',
      ),
      'Dhcp4/control-sockets[0]/authentication',
      'a map',
      `a map without clients${NOT_YET}`,
    ],
    [
      dhcp4('"control-sockets": []', '§"control-socket": { "socket-type": "unix", "socket-name": "a" }'),
      'Dhcp4/control-socket',
      '"control-socket" beside "control-sockets"',
      'one of the two',
    ],
  ],
});
