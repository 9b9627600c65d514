/** `peers`: names, roles and URLs that are refused. */
import { checkRefused } from '../fixtures/marked-file.ts';
import { AT, P1, peer, relationship, role, URL, urlRow } from '../fixtures/relationship.ts';

checkRefused({
  peers: [
    [
      relationship('"this-server-name": "a"', '"mode": "hot-standby"', `"peers": [ ${P1}, §7 ]`),
      `${AT}/peers[1]`,
      '7',
      'a map',
    ],
    [
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        `"peers": [ ${P1}, ${role('b', 'standby').replace('"b"', '§" "')} ]`,
      ),
      `${AT}/peers[1]/name`,
      '" "',
      'a string that is not blank',
    ],
    [
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        `"peers": [ ${P1}, ${role('a', 'standby').replace('"a"', '§"a"')} ]`,
      ),
      `${AT}/peers[1]/name`,
      '"a" a second time',
      'each name once',
    ],
    [
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        `"peers": [ ${P1}, ${role('b', 'spare').replace('"spare"', '§"spare"')} ]`,
      ),
      `${AT}/peers[1]/role`,
      '"spare"',
      'one of "primary", "secondary", "standby", "backup"',
    ],
    [
      relationship(
        '"this-server-name": "a"',
        '"mode": "hot-standby"',
        `"peers": [ ${P1}, §{ "name": "b", "role": "standby" } ]`,
      ),
      `${AT}/peers[1]/url`,
      'nothing',
      URL,
    ],
    [peer('"auto-failover": §"yes"'), `${AT}/peers[0]/auto-failover`, '"yes"', 'true or false'],
  ],
  urls: [
    'ftp://192.0.2.1:8001/',
    'http://server1:8001/',
    'http://192.0.2.1/',
    'http://192.0.2.1:0/',
    'http://192.0.2.1:65536/',
    'http://192.0.2.256:8001/',
    'http://2001:db8::1:8001/',
    'http://[2001:db8::g]:8001/',
    'http://[fe80::1%eth0]:8001/',
    '192.0.2.1:8001',
    '',
  ].map(urlRow),
});
