/** Parameters of the legal_log library: of files, and of the system's log. */
import t from 'tap';
import { parseConfig } from '../../src/config/load.ts';
import { configOf } from '../engine/bench-server.ts';
import { checkRefused, dhcp4 } from './fixtures/marked-file.ts';

const AT = 'Dhcp4/hooks-libraries[0]/parameters';
const FACILITY = /^one of KERN, USER, .*, LOCAL7$/;

function parameters(text: string): string {
  return dhcp4(`"hooks-libraries": [ { "library": "libdhcp_legal_log.so", "parameters": ${text} } ]`);
}

checkRefused({
  'forensic logs': [
    [
      parameters('{ "path": "/tmp", "type": §"mysql" }'),
      `${AT}/type`,
      '"mysql"',
      'one of "logfile", "syslog"',
    ],
    [parameters('{ "path": "/tmp", "type": §"" }'), `${AT}/type`, '""', 'one of "logfile", "syslog"'],
    [parameters('{ "path": "/tmp", "type": §5 }'), `${AT}/type`, '5', 'one of "logfile", "syslog"'],
    [parameters('{ "type": "syslog", "facility": §7 }'), `${AT}/facility`, '7', 'a string'],
    [
      parameters('{ "type": "syslog", "pattern": §7 }'),
      `${AT}/pattern`,
      '7',
      'a string of at most 1000 octets',
    ],
    [
      parameters('{ "path": §"/nonexistent" }'),
      `${AT}/path`,
      '"/nonexistent"',
      'the absolute path of a directory that exists',
    ],
    [
      parameters('{ "path": "/tmp", "base-name": §"a/b" }'),
      `${AT}/base-name`,
      '"a/b"',
      'a name without a slash',
    ],
  ],
});

function problemsOf(values: Record<string, unknown>) {
  const document = {
    Dhcp4: { 'hooks-libraries': [{ library: 'libdhcp_legal_log.so', parameters: values }] },
  };
  const result = parseConfig(JSON.stringify(document), 'test');
  const { warnings } = result;
  const errors = result.ok ? [] : result.problems;
  const here = (path: string): boolean => path.startsWith(AT);
  return {
    errors: errors.filter(({ path }) => here(path)),
    warned: warnings.map(({ path }) => path).filter(here),
  };
}

t.test('a facility that is none is an error that names those that there are', async (t) => {
  for (const facility of ['', 'nonsense', 'LOCAL8', 'LOCAL0 ']) {
    const { errors, warned } = problemsOf({ type: 'syslog', facility });
    t.match(errors, [{ path: `${AT}/facility`, found: JSON.stringify(facility), expected: FACILITY }]);
    t.same([errors.length, warned], [1, []]);
  }
});

t.test('what is said of the other kind does nothing, with a warning', async (t) => {
  const ofFiles = { path: '/nonexistent', count: 5, 'timestamp-format': '%Y', prerotate: '/nonexistent' };
  const warned = Object.keys(ofFiles).map((key) => `${AT}/${key}`);
  t.same(problemsOf({ type: 'syslog', ...ofFiles }), { errors: [], warned });
  t.same(problemsOf({ path: '/tmp', facility: 'nonsense' }), { errors: [], warned: [`${AT}/facility`] });
});

t.test('the kinds with what they are by default', async (t) => {
  const of = (values: Record<string, unknown>) =>
    configOf({ 'hooks-libraries': [{ library: 'libdhcp_legal_log.so', parameters: values }] }).hooks.legalLog
      ?.target;
  t.same(of({ type: 'syslog' }), { kind: 'syslog', facility: 'LOCAL0', pattern: null });
  t.same(of({ type: 'syslog', facility: 'daemon', pattern: '%m' }), {
    kind: 'syslog',
    facility: 'DAEMON',
    pattern: '%m',
  });
  t.same(of({ type: 'syslog', pattern: '' }), of({ type: 'syslog' }));
  t.same(of({ path: '/tmp', 'timestamp-format': '' }), {
    kind: 'file',
    directory: '/tmp',
    baseName: 'kea-legal',
    timeUnit: 'day',
    count: 1,
    prerotate: null,
    postrotate: null,
    // [Kea] An empty format is none.
    timestampFormat: '%Y-%m-%d %H:%M:%S %Z',
  });
});
