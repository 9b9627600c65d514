/** Parameters of the ping_check library, and those of subnets. */
import t from 'tap';
import { configOf } from '../engine/bench-server.ts';
import { checkRefused, dhcp4 } from './fixtures/marked-file.ts';

const AT = 'Dhcp4/hooks-libraries[0]/parameters';
const SUBNET_AT = 'Dhcp4/subnet4[0]/user-context/ping-check';

function parameters(text: string): string {
  return dhcp4(`"hooks-libraries": [ { "library": "libdhcp_ping_check.so", "parameters": ${text} } ]`);
}

function subnet(text: string): string {
  return dhcp4(`"hooks-libraries": [ { "library": "libdhcp_ping_check.so", "parameters": {} } ],
    "subnet4": [ { "id": 1, "subnet": "10.0.0.0/24", "user-context": { "ping-check": ${text} } } ]`);
}

const COUNT = 'an integer from 1 to 4294967295';

checkRefused({
  'ping checks': [
    [
      dhcp4('"hooks-libraries": [ §{ "library": "libdhcp_ping_check.so" } ]'),
      AT,
      'nothing',
      'a map, which may be empty',
    ],
    [parameters('{ "min-ping-requests": §0 }'), `${AT}/min-ping-requests`, '0', COUNT],
    [parameters('{ "reply-timeout": §0 }'), `${AT}/reply-timeout`, '0', COUNT],
    [
      parameters('{ "ping-cltt-secs": §-1 }'),
      `${AT}/ping-cltt-secs`,
      '-1',
      'an integer from 0 to 4294967295',
    ],
    [parameters('{ "enable-ping-check": §1 }'), `${AT}/enable-ping-check`, '1', 'true or false'],
    [subnet('§3'), SUBNET_AT, '3', 'a map'],
    [subnet('{ "reply-timeout": §"100" }'), `${SUBNET_AT}/reply-timeout`, '"100"', COUNT],
    [
      subnet('{ §"reply-time": 100 }'),
      `${SUBNET_AT}/reply-time`,
      'the unknown key "reply-time"',
      'a key of user-context/ping-check, perhaps "reply-timeout"',
    ],
  ],
});

t.test('defaults, and subnets that change some of it', async (t) => {
  const { hooks } = configOf({
    'hooks-libraries': [{ library: 'libdhcp_ping_check.so', parameters: { 'reply-timeout': 250 } }],
    subnet4: [{ id: 3, subnet: '10.0.0.0/24', 'user-context': { 'ping-check': { 'ping-cltt-secs': 0 } } }],
  });
  const settings = { isEnabled: true, requests: 1, replyTimeoutMs: 250, clttSec: 60 };
  t.same(hooks.pingCheck, { settings, subnets: [{ key: 3, settings: { ...settings, clttSec: 0 } }] });
  const context = { 'user-context': { 'ping-check': 7 } };
  t.equal(configOf({ subnet4: [{ id: 3, subnet: '10.0.0.0/24', ...context }] }).hooks.pingCheck, null);
});
