/** Kea's dialect of JSON: comments, commas, numbers, escapes, duplicate keys, and where each fault stands. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { Report } from '../../../src/config/report.ts';
import { parseConfigText } from '../../../src/config/syntax/text.ts';
import { checkRefused, dhcp4 } from '../fixtures/marked-file.ts';

function read(text: string): unknown {
  const report = new Report(false);
  const document = parseConfigText(text, 'kea.conf', report);
  return report.hasErrors ? report.errors().map(formatProblem).join('\n') : document;
}

t.test('comments of every form are blanks, and none begins inside a string', async (t) => {
  t.strictSame(
    read(`# first
    { // a map
      "a": "# no comment, // none either, /* nor this */ \\" # still text", # but this is
      /* { "b": 1 */ "c": [ 1, /**/ 2 ], #"d": 1
      "url": "http://192.0.2.1/" // end
    } # last, without a line end`),
    {
      a: '# no comment, // none either, /* nor this */ " # still text',
      c: [1, 2],
      url: 'http://192.0.2.1/',
    },
  );
});

t.test('commas too many are accepted with a warning at the comma', async (t) => {
  const result = parseConfig(
    '{ "Dhcp4": { "interfaces-config": { "interfaces": [ "a", ], "dhcp-socket-type": "udp", },, "loggers": [ ] , }\n, }',
    'kea.conf',
  );
  t.equal(result.ok, true);
  t.strictSame(
    result.warnings.map((each) => [each.found, each.line, each.column]),
    [
      ['a comma too many', 1, 56],
      ['a comma too many', 1, 86],
      ['a comma too many', 1, 89],
      ['a comma too many', 1, 107],
      ['a comma too many', 2, 1],
    ],
  );
});

t.test('a key may stand in two maps, not twice in one, however it is spelled', async (t) => {
  t.strictSame(read('{ "a": { "x": 1 }, "b": [ { "x": 1 }, { "x": 2 } ], "x": "x" }'), {
    a: { x: 1 },
    b: [{ x: 1 }, { x: 2 }],
    x: 'x',
  });
  t.equal(
    read('{ "ab": { "ab": 1 },\n "\\u0061b": 2 }'),
    'kea.conf:2:2: found the key "ab" a second time; expected each key once in a map',
  );
});

t.test('numbers, escapes and nesting come through as JSON has them', async (t) => {
  t.strictSame(read('[ -1, 0, 1.5, 1e3, true, false, null, "\\u00e9\\n\\/", [ [ ] ], { } ]'), [
    -1,
    0,
    1.5,
    1000,
    true,
    false,
    null,
    'é\n/',
    [[]],
    {},
  ]);
});

t.test('numbers may be written as Kea takes them', async (t) => {
  t.strictSame(
    read('[ .5, 5., +1, 1e0, 007, -007, 00, -0, -.5, +.5e1, 1.E2 ]'),
    [0.5, 5, 1, 1, 7, -7, 0, -0, -0.5, 5, 100],
  );
  t.strictSame(read('[ 9223372036854775807, 1e-400, 00000000000000000000000000012 ]'), [2 ** 63, 0, 12]);
  t.strictSame(read('{ "a":.5,"b":-.25}'), { a: 0.5, b: -0.25 });
});

t.test('positions behind a number that was put into other words are those of the file', async (t) => {
  const text = '{ "Dhcp4": { "t1-percent":.5,"t2-percent":.6,\n"x":.5,"bogus": 1 } }';
  const result = parseConfig(text, 'kea.conf');
  t.same(result.ok ? [] : result.problems.map(({ line, column, path }) => [line, column, path]), [
    [2, 1, 'Dhcp4/x'],
    [2, 8, 'Dhcp4/bogus'],
  ]);
});

t.test('a whole number with a point or an exponent is no integer', async (t) => {
  for (const [written, found] of [
    ['100.0', '100'],
    ['1e2', '100'],
    ['100.', '100'],
    ['+100', '100'],
  ] as const)
    t.match(
      parseConfig(`{ "Dhcp4": {\n"valid-lifetime": ${written} } }`, 'kea.conf'),
      {
        ok: false,
        problems: [
          { line: 2, column: 19, found: `${found} with a point or an exponent`, expected: /^an integer/ },
        ],
      },
      written,
    );
});

t.test('an escape that Kea makes one octet of is warned of', async (t) => {
  const text =
    '{ "Dhcp4": { "interfaces-config": { "dhcp-socket-type": "udp" }, "comment": "\\u007f\\u00e9" } }';
  t.match(parseConfig(text, 'kea.conf'), {
    ok: true,
    warnings: [{}, { column: 84, found: 'the escape \\u00e9' }],
  });
});

const VALUE = 'a string in double quotes, a number, true, false, null, a map or a list';

const WORD = 'a number that fits into 64 bits';

checkRefused({
  'faults of the text': [
    ['§', '', 'the end of the file', 'a value'],
    ['{ "Dhcp4": {}§', '', 'the end of the file', 'a comma or a closing brace'],
    ['{ "Dhcp4": [ 1§', '', 'the end of the file', 'a comma or a closing bracket'],
    ['{ "Dhcp4": {} } §{}', '', '"{"', 'the end of the file'],
    ['{ "Dhcp4": §]', '', '"]"', 'a value'],
    ['{ §Dhcp4: {} }', '', '"Dhcp4"', VALUE],
    ["{ §'Dhcp4': {} }", '', '"\'Dhcp4\'"', VALUE],
    ['{ "Dhcp4" §{} }', '', '"{"', 'a colon'],
    ['{ "a": 1 §"Dhcp4": {} }', '', '"\\"Dhcp4\\""', 'a comma'],
    ['{ "a": [ 1 §2 ] }', '', '"2"', 'a comma'],
    ['{ "a": [ §, ] }', '', '","', 'a value'],
    ['{ §, "a": 1 }', '', '","', 'a value'],
    ['{ "a": §, "b": 1 }', '', '","', 'a value'],
    ['{\n  "a": 0§x10 }', '', '"x10"', VALUE],
    ['{\n  "a": §"x\ny": 1 }', '', 'a string without an end', 'a closing quote on the same line'],
    ['{ "a": §"x\\', '', 'a string without an end', 'a closing quote on the same line'],
    ['{ "a": §"\\q" }', '', '"\\"\\\\q\\""', 'one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u'],
    ['{ "a": §"\\u12" }', '', '"\\"\\\\u12\\""', 'four hexadecimal digits after \\u'],
    ['{ "a": §"x\ty" }', '', '"\\"x\\ty\\""', 'no control character inside a string'],
    ['{ "a": §. }', '', '"."', VALUE],
    ['{ "a": §1e }', '', '"1e"', 'digits'],
    ['{ "a": §-.e5 }', '', '"-"', VALUE],
    ['{ "a": 0.1§.2 }', '', '".2"', VALUE],
    [dhcp4('"user-context": { "a": §9223372036854775808 }'), '', 'the number "9223372036854775808"', WORD],
    [
      dhcp4('"user-context": { "a": [ .5, 007, §-9223372036854775809 ] }'),
      '',
      'the number "-9223372036854775809"',
      WORD,
    ],
    [dhcp4('"user-context": { "a": §1e400 }'), '', 'the number "1e400"', WORD],
    [
      dhcp4('"comment": "b§\\u0100"'),
      '',
      'the escape \\u0100',
      'the character itself: Kea has no such escape',
    ],
    ['{ "a": 1 } §/* no end', '', 'a comment without an end', '*/'],
    ['{ "a": §<?include nothing?> }', '', 'the beginning of a directive', '<?include "path"?>'],
    [
      dhcp4('"user-context": { "a": 1, "b": 2, §"a": 3 }'),
      '',
      'the key "a" a second time',
      'each key once in a map',
    ],
    ['{ "Dhcp4": { "user-context": { §"__proto__": 1 } } }', '', 'the key "__proto__"', 'another name'],
    ['{ "Dhcp4": { "user-context": { §"__pro\\u0074o__": 1 } } }', '', 'the key "__proto__"', 'another name'],
  ],
});

t.test('a hundred thousand brackets are an error at the first one too many', async (t) => {
  for (const open of ['[', '{ "a": ', '[[{"a":']) {
    const result = parseConfig(open.repeat(100_000), 'kea.conf');
    t.match(result, {
      ok: false,
      problems: [{ found: 'deeper nesting', expected: 'at most 128 levels of maps and lists', line: 1 }],
    });
  }
  t.match(parseConfig('['.repeat(129), 'kea.conf'), { problems: [{ column: 129 }] });
  t.match(parseConfig(`${'['.repeat(128)}${']'.repeat(128)}`, 'kea.conf'), {
    problems: [{ expected: 'a map with the key "Dhcp4"' }],
  });
  t.match(parseConfig(`"${'['.repeat(1000)}"`, 'kea.conf'), {
    problems: [{ expected: 'a map with the key "Dhcp4"' }],
  });
});

t.test('the first fault of every line is reported', async (t) => {
  t.equal(
    read('{ "a": 1 "b" 2,\n  "c": [ 1 2 3 ],\n  d: 3 }'),
    [
      'kea.conf:1:10: found "\\"b\\""; expected a comma',
      'kea.conf:2:12: found "2"; expected a comma',
      `kea.conf:3:3: found "d"; expected ${VALUE}`,
    ].join('\n'),
  );
});
