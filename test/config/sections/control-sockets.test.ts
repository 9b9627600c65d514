/** Control sockets with values that are refused. */
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

checkRefused({
  'control sockets': [
    [dhcp4('"control-socket": §null'), 'Dhcp4/control-socket', 'null', 'a map'],
    [
      dhcp4('"control-socket": §{}'),
      'Dhcp4/control-socket/socket-type',
      'nothing',
      'one of "unix", "http", "https"',
    ],
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
      dhcp4('"control-sockets": [ { "socket-type": §"https" } ]'),
      'Dhcp4/control-sockets[0]/socket-type',
      '"https" without TLS files',
      'all of "trust-anchor", "cert-file" and "key-file"',
    ],
    [
      dhcp4('"control-sockets": [ §{ "socket-type": "https", "cert-file": "/x" } ]'),
      'Dhcp4/control-sockets[0]',
      'no "trust-anchor" and no "key-file"',
      'all of "trust-anchor", "cert-file" and "key-file", or none of them',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "http-headers": [ { "name": §"Content-Length", "value": "1" } ] } ]',
      ),
      'Dhcp4/control-sockets[0]/http-headers[0]/name',
      '"Content-Length"',
      'the name of an HTTP header that the server does not set itself',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "http-headers": [ { "name": "X", "value": §"a\\r\\nb" } ] } ]',
      ),
      'Dhcp4/control-sockets[0]/http-headers[0]/value',
      '"a\\r\\nb"',
      'a text of printable ASCII',
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
      dhcp4('"control-sockets": [ { "socket-type": "http", "authentication": §{ "clients": [] } } ]'),
      'Dhcp4/control-sockets[0]/authentication/type',
      'nothing',
      '"basic"',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "authentication": { "type": "basic", "realm": §"a\\"b" } } ]',
      ),
      'Dhcp4/control-sockets[0]/authentication/realm',
      '"a\\"b"',
      'a text of printable ASCII without quotes',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "authentication": { "type": "basic", "clients": [ { "user": §"a:b" } ] } } ]',
      ),
      'Dhcp4/control-sockets[0]/authentication/clients[0]/user',
      '"a:b"',
      'a user name without a colon',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "authentication": { "type": "basic", "clients": [ §{ "password": "x" } ] } } ]',
      ),
      'Dhcp4/control-sockets[0]/authentication/clients[0]/user',
      'nothing',
      '"user", "user-file", or a "password-file" with "user:password"',
    ],
    [
      dhcp4(
        '"control-sockets": [ { "socket-type": "http", "authentication": { "type": "basic", "directory": "/nowhere", "clients": [ { "user": "a", "password-file": §"b" } ] } } ]',
      ),
      'Dhcp4/control-sockets[0]/authentication/clients[0]/password-file',
      '"/nowhere/b": ENOENT: no such file or directory',
      'a readable file of one line',
    ],
    [
      dhcp4('"control-sockets": []', '§"control-socket": { "socket-type": "unix", "socket-name": "a" }'),
      'Dhcp4/control-socket',
      '"control-socket" beside "control-sockets"',
      'one of the two',
    ],
  ],
});
