/** Parameters of the perfmon library: Kea 3.0 takes and refuses the same files. */
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import { parseConfig6 } from '../../src/config/load6.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { configOf } from '../engine/bench-server.ts';
import { checkRefused, dhcp4, dhcp6, findProblems } from './fixtures/marked-file.ts';

const AT = 'Dhcp4/hooks-libraries[0]/parameters';
const ALARM_AT = `${AT}/alarms[0]`;
const KEY_AT = `${ALARM_AT}/duration-key`;
const FROM_1 = 'an integer from 1 to 4294967295';
const FROM_0 = 'an integer from 0 to 4294967295';
const QUERIES = 'one of "*", "DHCPDISCOVER", "DHCPREQUEST", "DHCPINFORM", ""';
const RESPONSES = 'one of "*", "DHCPOFFER", "DHCPACK", "DHCPNAK", ""';

const QUERY = '"query-type": "DHCPREQUEST"';
const RESPONSE = '"response-type": "DHCPACK"';
const EVENTS = '"start-event": "process_started", "stop-event": "process_completed"';
const KEY = `"duration-key": { ${QUERY}, ${RESPONSE}, ${EVENTS} }`;
const HIGH = '"high-water-ms": 500';
const LOW = '"low-water-ms": 25';

function parameters(text: string): string {
  return dhcp4(`"hooks-libraries": [ { "library": "libdhcp_perfmon.so", "parameters": ${text} } ]`);
}

const alarms = (...texts: readonly string[]): string => parameters(`{ "alarms": [ ${texts.join(', ')} ] }`);
const alarm = (...members: readonly string[]): string => alarms(`{ ${members.join(', ')} }`);
const key = (...members: readonly string[]): string =>
  alarm(`"duration-key": { ${members.join(', ')} }`, HIGH, LOW);

checkRefused({
  perfmon: [
    [parameters('§[]'), AT, 'an empty list', 'a map'],
    [parameters('{ "enable-monitoring": §1 }'), `${AT}/enable-monitoring`, '1', 'true or false'],
    [parameters('{ "interval-width-secs": §0 }'), `${AT}/interval-width-secs`, '0', FROM_1],
    [parameters('{ "interval-width-secs": §"5" }'), `${AT}/interval-width-secs`, '"5"', FROM_1],
    [parameters('{ "alarm-report-secs": §-1 }'), `${AT}/alarm-report-secs`, '-1', FROM_0],
    [parameters('{ "stats-mgr-reporting": §"on" }'), `${AT}/stats-mgr-reporting`, '"on"', 'true or false'],
    [parameters('{ "alarms": §{} }'), `${AT}/alarms`, 'a map', 'a list'],
    [
      parameters('{ §"interval-width": 5 }'),
      `${AT}/interval-width`,
      'the unknown key "interval-width"',
      'a key of parameters of perfmon',
    ],
    [
      parameters('{ §"comment": "x" }'),
      `${AT}/comment`,
      'the unknown key "comment"',
      'a key of parameters of perfmon',
    ],
  ],
  'alarms of perfmon': [
    [alarms('§7'), ALARM_AT, '7', 'a map'],
    [alarms(`§{ ${HIGH}, ${LOW} }`), `${ALARM_AT}/duration-key`, 'nothing', 'a map'],
    [alarms(`§{ ${KEY}, ${LOW} }`), `${ALARM_AT}/high-water-ms`, 'nothing', FROM_1],
    [alarms(`§{ ${KEY}, ${HIGH} }`), `${ALARM_AT}/low-water-ms`, 'nothing', FROM_1],
    [alarm(KEY, '"high-water-ms": §0', LOW), `${ALARM_AT}/high-water-ms`, '0', FROM_1],
    [alarm(KEY, HIGH, '"low-water-ms": §0'), `${ALARM_AT}/low-water-ms`, '0', FROM_1],
    [alarm(KEY, '"high-water-ms": §0.5', LOW), `${ALARM_AT}/high-water-ms`, '0.5', FROM_1],
    [
      alarm(KEY, HIGH, '"low-water-ms": §500'),
      `${ALARM_AT}/low-water-ms`,
      '500',
      'less than "high-water-ms", which is 500',
    ],
    [alarm(KEY, HIGH, LOW, '"enable-alarm": §"true"'), `${ALARM_AT}/enable-alarm`, '"true"', 'true or false'],
    [
      alarm(KEY, HIGH, LOW, '§"user-context": {}'),
      `${ALARM_AT}/user-context`,
      'the unknown key "user-context"',
      'a key of alarms[] of perfmon',
    ],
    [
      alarms(
        `{ ${KEY}, ${HIGH}, ${LOW} }`,
        `{ "duration-key": §{ ${QUERY}, ${RESPONSE}, ${EVENTS}, "subnet-id": 0 }, ${HIGH}, ${LOW} }`,
      ),
      `${AT}/alarms[1]/duration-key`,
      'a duration a second time',
      'one alarm for each duration',
    ],
    [key('"query-type": §"DHCPRELEASE"', RESPONSE, EVENTS), `${KEY_AT}/query-type`, '"DHCPRELEASE"', QUERIES],
    [key('"query-type": §"dhcprequest"', RESPONSE, EVENTS), `${KEY_AT}/query-type`, '"dhcprequest"', QUERIES],
    [key(QUERY, '"response-type": §"ACK"', EVENTS), `${KEY_AT}/response-type`, '"ACK"', RESPONSES],
    [
      key(QUERY, '"response-type": §"DHCPOFFER"', EVENTS),
      `${KEY_AT}/response-type`,
      '"DHCPOFFER"',
      'for a query of type "DHCPREQUEST" one of "*", "DHCPACK", "DHCPNAK"',
    ],
    [key(QUERY, RESPONSE, EVENTS, '"subnet-id": §-1'), `${KEY_AT}/subnet-id`, '-1', FROM_0],
    [key(QUERY, RESPONSE, '"start-event": §5, "stop-event": "x"'), `${KEY_AT}/start-event`, '5', 'a string'],
    [
      alarm(`"duration-key": §{ ${QUERY}, ${RESPONSE}, "start-event": "x" }`, HIGH, LOW),
      `${KEY_AT}/stop-event`,
      'nothing',
      'a string',
    ],
    [
      key(QUERY, RESPONSE, EVENTS, '§"comment": "x"'),
      `${KEY_AT}/comment`,
      'the unknown key "comment"',
      'a key of duration-key of perfmon',
    ],
  ],
});

t.test('defaults, without parameters and without members', async (t) => {
  const defaults = {
    isEnabled: false,
    intervalSec: 60,
    reportsStatistics: true,
    alarmReportSec: 300,
    alarms: [],
  };
  for (const hook of [{}, { parameters: {} }]) {
    const { hooks } = configOf({ 'hooks-libraries': [{ library: 'libdhcp_perfmon.so', ...hook }] });
    t.same(hooks.perfmon, defaults);
  }
  t.equal(configOf({}).hooks.perfmon, null);
});

/** The warnings about one alarm, without their places. */
function warnings(t: { ok(value: boolean): unknown }, members: string, threads = true): string[] {
  const hook = `{ "library": "libdhcp_perfmon.so", "parameters": { "alarms": [ { "duration-key": { ${members} }, ${HIGH}, ${LOW} } ] } }`;
  const file = dhcp4(
    `"multi-threading": { "enable-multi-threading": ${threads} }`,
    '"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" } ]',
    `"hooks-libraries": [ ${hook} ]`,
  );
  const result = parseConfig(file, 'kea.conf');
  t.ok(result.ok);
  return result.warnings.map((each) => formatProblem(each).replace(/^\S+ \S+: /, ''));
}

t.test('an alarm that can never be raised is taken, as by Kea, and warned of', async (t) => {
  const started = '"start-event": "mt_queued", "stop-event": "process_started"';
  t.same(warnings(t, `${QUERY}, ${RESPONSE}, ${EVENTS}`), []);
  t.same(warnings(t, `${QUERY}, ${RESPONSE}, ${started}`), []);
  t.match(warnings(t, `${QUERY}, ${RESPONSE}, ${started}`, false), [
    /found "mt_queued" with "stop-event" "process_started", which is never measured; expected one of "socket_received" with "buffer_read", "buffer_read" with "process_started", /,
  ]);
  // As the manual of Kea writes it.
  const hyphens = '"start-event": "process-started", "stop-event": "process-completed"';
  t.match(warnings(t, `${QUERY}, ${RESPONSE}, ${hyphens}`), [
    /found "process-started" with .*"mt_queued" with "process_started", "process_started" with "process_completed", "composite" with "total_response"/,
  ]);
  t.match(warnings(t, `"query-type": "", "response-type": "DHCPACK", ${EVENTS}`), [
    /found "\*" with "response-type" "DHCPACK", which is never measured; expected one of "DHCPDISCOVER" with "DHCPOFFER"/,
  ]);
  const inform = '"query-type": "DHCPINFORM", "response-type": "DHCPACK"';
  t.same(warnings(t, `${inform}, ${EVENTS}`), []);
  t.match(warnings(t, `${inform}, ${EVENTS}, "subnet-id": 1`), [
    'found 1 for a DHCPINFORM, which is measured for all subnets together; expected 0',
  ]);
  t.same(warnings(t, `${QUERY}, ${RESPONSE}, ${EVENTS}, "subnet-id": 1`), []);
  t.match(warnings(t, `${QUERY}, ${RESPONSE}, ${EVENTS}, "subnet-id": 2`), [
    'found 2, which is no subnet; expected the id of a subnet, or 0 for all',
  ]);
});

/** A file of DHCPv6 with an alarm about these members. */
function alarm6(...members: readonly string[]): string {
  const text = `{ "alarms": [ { "duration-key": { ${members.join(', ')}, ${EVENTS} }, ${HIGH}, ${LOW} } ] }`;
  return dhcp6(`"hooks-libraries": [ { "library": "libdhcp_perfmon.so", "parameters": ${text} } ]`);
}

t.test('DHCPv6: the queries and answers that Kea takes, and no others', async (t) => {
  const queries = ['SOLICIT', 'REQUEST', 'CONFIRM', 'RENEW', 'REBIND'];
  const others = ['ADVERTISE', 'REPLY', 'RELEASE', 'DECLINE', 'INFORMATION_REQUEST', 'DHCPDISCOVER'];
  const outcome = (query: string, response: string): string =>
    findProblems(alarm6(`"query-type": "${query}"`, `"response-type": "${response}"`));
  for (const query of ['', '*', ...queries]) {
    for (const response of ['', '*', 'REPLY']) t.equal(outcome(query, response), 'no problem', query);
    const mayAdvertise = !queries.slice(1).includes(query);
    t.equal(outcome(query, 'ADVERTISE') === 'no problem', mayAdvertise, query);
    t.match(outcome(query, 'DHCPACK'), /found "DHCPACK"; expected one of "\*", "ADVERTISE", "REPLY", ""/);
  }
  for (const query of others)
    t.match(
      outcome(query, 'REPLY'),
      /expected one of "\*", "SOLICIT", "REQUEST", "CONFIRM", "RENEW", "REBIND", ""/,
    );
});

t.test('DHCPv6: what is never measured is warned of', async (t) => {
  const warned = (...members: readonly string[]): string[] => {
    const result = parseConfig6(alarm6(...members), 'kea.conf');
    t.ok(result.ok);
    return result.warnings.map(formatProblem);
  };
  t.same(warned('"query-type": "SOLICIT"', '"response-type": "REPLY"'), []);
  t.match(warned('"query-type": "RENEW"', '"response-type": "*"'), [
    /found "RENEW" with "response-type" "\*", which is never measured; expected one of "SOLICIT" with "ADVERTISE", /,
  ]);
  t.match(warned('"query-type": "RENEW"', '"response-type": "REPLY"', '"subnet-id": 7'), [
    /found 7, which is no subnet/,
  ]);
});
