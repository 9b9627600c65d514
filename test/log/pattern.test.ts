/** Patterns of log4cplus, against what it writes for the same event. */
import { hostname } from 'node:os';
import t from 'tap';
import { formatDate } from '../../src/base/date.ts';
import type { LogEvent } from '../../src/log/line.ts';
import { patternLayout } from '../../src/log/pattern.ts';

const time = new Date('2026-11-07T05:04:03.021Z');

const event: LogEvent = {
  id: 'TDM_CONFIG_LOADED',
  severity: 'info',
  logger: 'kea-dhcp4.dhcp4',
  text: 'configuration loaded',
  fields: { file: '/etc/a "b"', subnets: 3, line: 'a\nb' },
  time,
  json: '{}\n',
};

const MESSAGE = 'TDM_CONFIG_LOADED configuration loaded file="/etc/a \\"b\\"" subnets=3 line="a\\nb"';

t.test('each conversion gives its part of the event', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['%m', MESSAGE],
    ['%m%n', `${MESSAGE}\n`],
    [
      '%d{%Y-%m-%d %H:%M:%S.%q} %-5p [%c/%i] %p\n',
      `2026-11-07 05:04:03.021 INFO  [kea-dhcp4.dhcp4/${process.pid}] INFO\n`,
    ],
    ['[%5p][%-6p][%2p][%.2p][%5.3p]', '[ INFO][INFO  ][INFO][FO][  NFO]'],
    ['%d', '2026-11-07 05:04:03'],
    ['%d{%y%b%e|%s|%Q|%z|%%|%F %T|%k}', `26Nov 7|1794027843|021.000|+0000|%|2026-11-07 05:04:03|%k`],
    ['%h', hostname()],
    ['100%% %L%F%M%x%X{a}', '100% '],
    ['%', '%'],
    ['%5', '%5'],
    ['no conversion', 'no conversion'],
    ['', ''],
  ];
  for (const [pattern, expected] of rows) t.equal(patternLayout(pattern)(event), expected, pattern);
});

t.test('local time is that of the machine', async (t) => {
  const minutes = -time.getTimezoneOffset();
  const local = new Date(time.getTime() + minutes * 60_000).toISOString();
  t.equal(formatDate('%Y-%m-%dT%H:%M:%S.%qZ', time, false), local);
  t.match(formatDate('%z', time, false), /^[+-]\d{4}$/);
});

t.test('whatever the fields hold, a line is made', async (t) => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const layout = patternLayout('%m');
  for (const odd of [circular, 1n, Symbol('x'), undefined, () => {}, new Error('bad')])
    t.match(layout({ ...event, fields: { odd } }), /^TDM_CONFIG_LOADED configuration loaded odd=/);
});
