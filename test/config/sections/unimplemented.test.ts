/** Keys of Kea without code behind them, with values that ask for something. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { checkRefused, dhcp4, findProblems, NOT_YET, subnet } from '../fixtures/marked-file.ts';

const S = 'Dhcp4/subnet4[0]';
const _U32 = 'an integer from 0 to 4294967295';
const FLAG = 'true or false';
const DATABASES = 'one of "memfile", "mysql", "postgresql"';

checkRefused({
  'what is not implemented': [
    [
      dhcp4('§"hosts-database": { "type": "mysql" }'),
      'Dhcp4/hosts-database',
      'a map',
      `an empty map${NOT_YET}`,
    ],
    [
      dhcp4('"reservation-mode": §"some"'),
      'Dhcp4/reservation-mode',
      '"some"',
      'one of "disabled", "off", "out-of-pool", "global", "all"',
    ],
  ],
  "what is not even Kea's": [
    [
      dhcp4('"dhcp-queue-control": §{ "queue-type": "x" }'),
      'Dhcp4/dhcp-queue-control/enable-queue',
      'nothing',
      'true or false',
    ],
    [
      dhcp4('"dhcp-queue-control": { "enable-queue": false, "capacity": §"64" }'),
      'Dhcp4/dhcp-queue-control/capacity',
      '"64"',
      'an integer from -2147483648 to 4294967295',
    ],
    [
      dhcp4('"config-control": { "config-fetch-wait-time": §65536 }'),
      'Dhcp4/config-control/config-fetch-wait-time',
      '65536',
      'an integer from 0 to 65535',
    ],
    [dhcp4('"hosts-database": §{ "name": "x" }'), 'Dhcp4/hosts-database/type', 'nothing', DATABASES],
    [
      dhcp4('"hosts-databases": [ { "type": §"oracle" } ]'),
      'Dhcp4/hosts-databases[0]/type',
      '"oracle"',
      DATABASES,
    ],
    [dhcp4('"store-extended-info": §1'), 'Dhcp4/store-extended-info', '1', FLAG],
    [
      dhcp4('"sanity-checks": { "lease-checks": §"Warn" }'),
      'Dhcp4/sanity-checks/lease-checks',
      '"Warn"',
      'one of "none", "warn", "fix", "fix-del", "del"',
    ],
    [
      dhcp4('"sanity-checks": { §"user-context": {} }'),
      'Dhcp4/sanity-checks/user-context',
      'the unknown key "user-context"',
      'a key of sanity-checks',
    ],
    [
      dhcp4('"host-reservation-identifiers": [ "duid", §"mac" ]'),
      'Dhcp4/host-reservation-identifiers[1]',
      '"mac"',
      'one of "hw-address", "duid", "circuit-id", "client-id", "flex-id"',
    ],
    [
      dhcp4('"host-reservation-identifiers": §[ "duid", "duid" ]'),
      'Dhcp4/host-reservation-identifiers',
      '"duid" a second time',
      'each identifier once',
    ],
    [
      dhcp4('"client-classes": [ §{ "test": "1" } ]'),
      'Dhcp4/client-classes[0]/name',
      'nothing',
      'a string that is not blank',
    ],
    [
      dhcp4('"client-classes": [ { "name": "x", §"tets": "1" } ]'),
      'Dhcp4/client-classes[0]/tets',
      'the unknown key "tets"',
      'a key of client-classes[]',
    ],
    [
      dhcp4('"shared-networks": [ { "name": "x", "authoritative": §"yes" } ]'),
      'Dhcp4/shared-networks[0]/authoritative',
      '"yes"',
      FLAG,
    ],
    [subnet('"reservations": §{}'), `${S}/reservations`, 'a map', 'a list'],
    [
      subnet('"reservations": [ { §"mac": "1" } ]'),
      `${S}/reservations[0]/mac`,
      'the unknown key "mac"',
      'a key of reservations[]',
    ],
    [subnet('"4o6-interface": §5'), `${S}/4o6-interface`, '5', 'a string'],
    [
      subnet('"require-client-classes": [ §5 ]'),
      `${S}/require-client-classes[0]`,
      '5',
      'a string that is not blank',
    ],
    [
      subnet('"relay": { §"comment": "x" }'),
      `${S}/relay/comment`,
      'the unknown key "comment"',
      'a key of relay',
    ],
    [
      subnet('"relay": { "ip-addresses": §[ "10.0.0.1", "10.0.0.1" ] }'),
      `${S}/relay/ip-addresses`,
      '10.0.0.1 a second time',
      'each relay once',
    ],
  ],
});

t.test('what is wrong is wrong, whether it is ignored or not', async (t) => {
  for (const members of [
    '"dhcp-ddns": { "enable-updates": false, "foo": 1 }',
    '"client-classes": [ { "name": "x", "tets": "1" } ]',
    '"option-def": [ { "name": "x", "code": 222 } ]',
    '"shared-networks": [ 1 ]',
    // A key of Kea in a map that does not have it is a slip, not something to go without.
    '"subnet": [ { "id": 1, "subnet": "10.0.0.0/8" } ]',
    '"store-extended-info": "yes"',
    '"allocator": "best"',
    '"ddns-ttl-percent": true',
  ])
    t.equal(parseConfig(dhcp4(members), 'kea.conf', { ignoreUnsupported: true }).ok, false, members);
});

t.test('values of Kea that ask for nothing are accepted in every spelling', async (t) => {
  const text = dhcp4(
    `"dhcp-ddns": { "enable-updates": false, "server-ip": "::1", "server-port": 53001, "sender-ip": "", "sender-port": 0,
      "max-queue-size": 1024, "ncr-protocol": "udp", "ncr-format": "json", "override-no-update": false,
      "override-client-update": false, "replace-client-name": "NEVER", "generated-prefix": "myhost",
      "qualifying-suffix": "", "hostname-char-set": "", "hostname-char-replacement": "", "comment": "off" }`,
    '"dhcp-queue-control": { "enable-queue": false, "queue-type": "kea-ring4", "capacity": 64 }',
    '"config-control": { "config-databases": [], "config-fetch-wait-time": 20 }',
    '"reservation-mode": "off", "ddns-replace-client-name": "Never", "hostname-char-set": ""',
    '"host-reservation-identifiers": [ "hw-address", "duid", "circuit-id", "client-id", "flex-id" ]',
    `"lease-database": { "type": "memfile", "name": "", "user": "", "password": "", "host": "", "port": 0,
      "connect-timeout": 5, "max-reconnect-tries": 3, "reconnect-wait-time": 1, "on-fail": "stop-retry-exit" }`,
  );
  t.equal(findProblems(text), 'no problem');
});
