/** Host names and DNS updates: the dhcp-ddns map and the keys that subnets inherit. */
import t from 'tap';
import { DDNS_DEFAULTS } from '../../../src/config/ddns-model.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { ServerConfig } from '../../../src/config/model.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4, NOT_YET, subnet } from '../fixtures/marked-file.ts';

const FLAG = 'true or false';
const SET = 'a POSIX extended regular expression: ';

/** A member of a dhcp-ddns map. */
function ddns(member: string): string {
  return dhcp4(`"dhcp-ddns": { "enable-updates": false, ${member} }`);
}

function configOf(...members: string[]): ServerConfig {
  const result = parseConfig(dhcp4(...members), 'test');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

checkRefused({
  'what is wrong in dhcp-ddns': [
    [ddns('§"foo": 1'), 'Dhcp4/dhcp-ddns/foo', 'the unknown key "foo"', 'a key of dhcp-ddns'],
    [ddns('"server-port": §"x"'), 'Dhcp4/dhcp-ddns/server-port', '"x"', 'an integer from 0 to 65535'],
    [ddns('"server-ip": §""'), 'Dhcp4/dhcp-ddns/server-ip', '""', 'an IP address'],
    [ddns('"ncr-protocol": §"TCP"'), 'Dhcp4/dhcp-ddns/ncr-protocol', '"TCP"', '"UDP", in any case'],
    [ddns('"ncr-format": §"XML"'), 'Dhcp4/dhcp-ddns/ncr-format', '"XML"', '"JSON", in any case'],
    [ddns('"override-no-update": §"no"'), 'Dhcp4/dhcp-ddns/override-no-update', '"no"', FLAG],
    [dhcp4('"dhcp-ddns": §{}'), 'Dhcp4/dhcp-ddns/enable-updates', 'nothing', FLAG],
    [
      ddns('"sender-ip": §"::1"'),
      'Dhcp4/dhcp-ddns/sender-ip',
      '"::1"',
      'an address of the family of "server-ip", 127.0.0.1',
    ],
    [
      ddns('"sender-ip": "127.0.0.1", "sender-port": §53001'),
      'Dhcp4/dhcp-ddns/sender-port',
      '53001',
      'another port than "server-port" at the same address',
    ],
  ],
  'what is wrong in the keys of names': [
    [
      dhcp4('"hostname-char-set": §"a|*b"'),
      'Dhcp4/hostname-char-set',
      '"a|*b"',
      `${SET}something to repeat in front of each quantifier, at character 3`,
    ],
    [
      subnet('"hostname-char-set": §"["'),
      'Dhcp4/subnet4[0]/hostname-char-set',
      '"["',
      `${SET}a closing bracket for each opening one, at character 2`,
    ],
    [
      dhcp4('"hostname-char-set": "(a)", §"hostname-char-replacement": "$1"'),
      'Dhcp4/hostname-char-replacement',
      '"$1"',
      `a replacement without the text of a group, such as $1; $& is all that matches${NOT_YET}`,
    ],
    [
      dhcp4('"ddns-replace-client-name": §true'),
      'Dhcp4/ddns-replace-client-name',
      'true',
      'one of "never", "always", "when-present", "when-not-present", in any case',
    ],
    [
      dhcp4('"ddns-use-conflict-resolution": §true, "ddns-conflict-resolution-mode": "no-check-with-dhcid"'),
      'Dhcp4/ddns-use-conflict-resolution',
      'true beside "ddns-conflict-resolution-mode": "no-check-with-dhcid"',
      'one of the two keys',
    ],
  ],
});

t.test(
  'a subnet inherits what it does not set, and the old places count where the new ones are empty',
  async (t) => {
    const config = configOf(
      `"dhcp-ddns": { "enable-updates": true, "server-ip": "::1", "max-queue-size": 7, "generated-prefix": "old",
      "qualifying-suffix": "old.example" }`,
      '"ddns-qualifying-suffix": "new.example", "ddns-use-conflict-resolution": false',
      `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24", "ddns-replace-client-name": "Always" },
      { "id": 2, "subnet": "10.0.1.0/24" }, { "id": 3, "subnet": "10.0.2.0/24" } ]`,
    );
    const { serverIp, serverPort, maxQueueSize, enableUpdates } = config.ddns;
    t.same([enableUpdates, serverIp, serverPort, maxQueueSize], [true, '::1', 53001, 7]);
    const [first, second, third] = config.subnets.map((each) => each.ddns);
    const global = {
      ...DDNS_DEFAULTS,
      generatedPrefix: 'old',
      qualifyingSuffix: 'new.example',
      conflictResolution: 'no-check-with-dhcid',
    };
    t.same(second, global);
    t.same(first, { ...global, replaceClientName: 'always' });
    t.equal(second, third, 'one object for all subnets that say nothing');
  },
);
