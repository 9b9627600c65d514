/** `client-classes`: what is refused and where, and what the model holds. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

const C = 'Dhcp4/client-classes[0]';
const classes = (...members: string[]): string => dhcp4(`"client-classes": [ ${members.join(', ')} ]`);

checkRefused({
  'client-classes': [
    [dhcp4('"client-classes": §{}'), 'Dhcp4/client-classes', 'a map', 'a list'],
    [classes('§{ "test": "known" }'), `${C}/name`, 'nothing', 'a string that is not blank'],
    [classes('{ "name": §"" }'), `${C}/name`, '""', 'a string that is not blank'],
    [classes('{ "name": "x", "test": §5 }'), `${C}/test`, '5', 'a string'],
    [
      classes('{ "name": "x", §"tets": "known" }'),
      `${C}/tets`,
      'the unknown key "tets"',
      'a key of client-classes[]',
    ],
    [
      classes('{ "name": "x" }', '{ "name": §"x" }'),
      'Dhcp4/client-classes[1]/name',
      '"x"',
      'a name that no other class has',
    ],
    [
      classes('{ "name": "x", "test": "known", §"template-test": "pkt4.mac" }'),
      `${C}/template-test`,
      '"template-test" beside "test"',
      'one of the two',
    ],
    [
      classes('{ "name": "KNOWN", §"test": "pkt4.hlen == 6" }'),
      `${C}/test`,
      'an expression for the built-in class "KNOWN"',
      'nothing: the server assigns it by itself',
    ],
    [classes('{ "name": "x", "next-server": §"" }'), `${C}/next-server`, '""', 'an IPv4 address'],
    [
      classes('{ "name": "x", "valid-lifetime": 5, "min-valid-lifetime": §6 }'),
      `${C}/min-valid-lifetime`,
      '6',
      'at most "valid-lifetime", which is 5',
    ],
  ],
});

function problemsOf(text: string): readonly string[] {
  const result = parseConfig(text, 'kea.conf');
  return [...(result.ok ? [] : result.problems), ...result.warnings].map(formatProblem);
}

t.test('a fault of an expression has its line and column', async (t) => {
  const text = classes(`{ "name": "x",\n  "test": "option[60].hex == 'a' and foo" }`);
  const column = `  "test": "option[60].hex == 'a' and foo`.indexOf('foo') + 1;
  const line = text.slice(0, text.indexOf('foo')).split('\n').length;
  t.same(problemsOf(text), [
    `kea.conf:${line}:${column}: ${C}/test: found "f" at character 27 of "option[60].hex == 'a' and foo"; expected an operator, a keyword or a constant`,
  ]);
});

t.test('escapes of the file are counted as they are written', async (t) => {
  const text = classes(`{ "name": "x", "test": "'\\\\' == 'a' foo" }`);
  const line = text.split('\n').find((each) => each.includes('foo'))!;
  t.match(problemsOf(text)[0], new RegExp(`^kea\\.conf:\\d+:${line.indexOf('foo') + 1}: `));
});

t.test('member knows the built-in classes and those before', async (t) => {
  for (const name of ['ALL', 'KNOWN', 'UNKNOWN', 'BOOTP', 'HA_x', 'VENDOR_CLASS_x', 'SPAWN_a_b', 'before'])
    t.same(
      problemsOf(classes('{ "name": "before" }', `{ "name": "x", "test": "member('${name}')" }`)),
      [],
      name,
    );
  for (const name of ['x', 'after', 'DROP', 'VENDOR_CLASS_', ''])
    t.match(
      problemsOf(classes(`{ "name": "x", "test": "member('${name}')" }`, '{ "name": "after" }')),
      [/at character 8 of .*; expected a class that is built in or defined before this one$/],
      name,
    );
});

t.test('the model holds all of a class', async (t) => {
  const result = parseConfig(
    classes(`{ "name": "x", "test": "'a' == 'a'", "only-if-required": true, "next-server": "10.0.0.1", "server-hostname": "s",
      "boot-file-name": "f", "valid-lifetime": 60, "max-valid-lifetime": 90, "offer-lifetime": 5,
      "option-data": [ { "name": "routers", "data": "10.0.0.1" } ], "user-context": { } }`),
    'kea.conf',
  );
  t.match(result.ok && result.config.clientClasses, [
    {
      name: 'x',
      test: { kind: 'equal', left: { kind: 'literal' }, right: { kind: 'literal' } },
      templateTest: null,
      onlyInAdditionalList: true,
      nextServer: 0x0a000001,
      serverHostname: 's',
      bootFileName: 'f',
      validLifetime: { minSec: 60, defaultSec: 60, maxSec: 90 },
      offerLifetimeSec: 5,
      options: [{ code: 3 }],
    },
  ]);
  const plain = parseConfig(classes('{ "name": "y" }'), 'kea.conf');
  t.match(plain.ok && plain.config.clientClasses, [
    { test: null, validLifetime: null, nextServer: null, serverHostname: null, bootFileName: null },
  ]);
});
