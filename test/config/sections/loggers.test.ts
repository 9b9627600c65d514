/** `loggers`: what is refused, and what outputs mean. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

checkRefused({
  loggers: [
    [dhcp4('"loggers": [ §{} ]'), 'Dhcp4/loggers[0]/name', 'nothing', 'a string that is not blank'],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "severity": §"verbose" } ]'),
      'Dhcp4/loggers[0]/severity',
      '"verbose"',
      'one of "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "NONE", in any case',
    ],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "debuglevel": §100 } ]'),
      'Dhcp4/loggers[0]/debuglevel',
      '100',
      'an integer from 0 to 99',
    ],
    [
      dhcp4('"loggers": [ { "name": "kea-dhcp4", "output-options": [ §{} ] } ]'),
      'Dhcp4/loggers[0]/output-options[0]/output',
      'nothing',
      'a string that is not blank',
    ],
    [
      dhcp4('"loggers": [ { "name": "x", "output-options": [], §"output_options": [] } ]'),
      'Dhcp4/loggers[0]/output_options',
      '"output_options" beside "output-options"',
      'one of the two',
    ],
    [
      output('"output": §"syslog:local9"'),
      'Dhcp4/loggers[0]/output_options[0]/output',
      '"syslog:local9"',
      '"syslog:" and one of KERN, USER, MAIL, DAEMON, AUTH, SYSLOG, LPR, NEWS, UUCP, CRON, AUTHPRIV, FTP, LOCAL0, LOCAL1, LOCAL2, LOCAL3, LOCAL4, LOCAL5, LOCAL6, LOCAL7',
    ],
    [
      output('"output": §"../kea.log"'),
      'Dhcp4/loggers[0]/output_options[0]/output',
      '"../kea.log"',
      '"stdout", "stderr", "syslog", a file inside /var/log/kea, or an absolute path',
    ],
    [
      output('"output": "x", "maxsize": §-1'),
      'Dhcp4/loggers[0]/output_options[0]/maxsize',
      '-1',
      'an integer from 0 to 9007199254740991',
    ],
    [
      output('"output": "x", §"user-context": {}'),
      'Dhcp4/loggers[0]/output_options[0]/user-context',
      'the unknown key "user-context"',
      'a key of output-options[]',
    ],
    [
      dhcp4(
        '"lease-database": { "type": "memfile", "name": "/d/leases.csv" }',
        '"loggers": §[ { "name": "kea-dhcp4", "output-options": [ { "output": "/d/./leases.csv.2" } ] } ]',
      ),
      'Dhcp4/loggers',
      'the log file "/d/leases.csv.2"',
      'another file than the lease file',
    ],
  ],
});

/** A file with one logger that has one output. */
function output(members: string): string {
  return dhcp4(`"loggers": [ { "name": "kea-dhcp4", "output_options": [ { ${members} } ] } ]`);
}

t.test('outputs are read with the defaults and bounds of Kea', async (t) => {
  const rows: readonly (readonly [string, unknown])[] = [
    ['"output": "stdout"', { target: { kind: 'stdout' }, pattern: null }],
    ['"output": "/dev/stdout"', { target: { kind: 'stdout' }, pattern: null }],
    ['"output": "stderr", "pattern": ""', { target: { kind: 'stderr' }, pattern: null }],
    [
      '"output": "syslog", "pattern": "%m"',
      { target: { kind: 'syslog', facility: 'LOCAL0' }, pattern: '%m' },
    ],
    ['"output": "syslog:Daemon"', { target: { kind: 'syslog', facility: 'DAEMON' }, pattern: null }],
    [
      '"output": "kea.log", "flush": true',
      {
        target: { kind: 'file', path: '/var/log/kea/kea.log', maxSize: 10_240_000, maxVersions: 1 },
        pattern: null,
      },
    ],
    [
      '"output": "/tmp/../x.log", "maxsize": 1, "maxver": 0',
      { target: { kind: 'file', path: '/x.log', maxSize: 204_800, maxVersions: 1 }, pattern: null },
    ],
    [
      '"output": "/x.log", "maxsize": 0, "maxver": 7',
      { target: { kind: 'file', path: '/x.log', maxSize: 0, maxVersions: 7 }, pattern: null },
    ],
  ];
  for (const [members, expected] of rows) {
    const result = parseConfig(output(members), 'kea.conf');
    t.strictSame(result.ok && result.config.loggers[0]?.outputs, [expected], members);
    t.strictSame(result.warnings, [], members);
  }
});

t.test('a logger that nothing is written through, and one that stands twice, are warned of', async (t) => {
  const text = dhcp4(
    '"loggers": [ { "name": "kea-dhcp4" }, { "name": "kea-dhcp4.leases" }, { "name": "kea-dhcp4", "severity": "warn" } ]',
  );
  const result = parseConfig(text, 'kea.conf');
  t.strictSame(
    result.warnings.map(({ path, found }) => [path, found]),
    [
      ['Dhcp4/loggers[1]/name', '"kea-dhcp4.leases", which no message goes through'],
      ['Dhcp4/loggers[2]/name', '"kea-dhcp4" a second time'],
    ],
  );
  t.equal(result.ok && result.config.loggers[2]?.severity, 'WARN');
});
