/** Regular expressions: as JavaScript's own on patterns that both know, and in bounded time on all. */
import t from 'tap';
import { compileRegExp } from '../../src/classes/regexp.ts';

function matches(pattern: string, text: string): boolean | string {
  const compiled = compileRegExp(Buffer.from(pattern, 'latin1'));
  if (!compiled.ok) return compiled.expected;
  const bytes = Buffer.from(`?${text}?`, 'latin1');
  return compiled.matcher.matches(bytes, 1, bytes.length - 2);
}

const PATTERNS = [
  '',
  'a',
  'abc',
  'a|b',
  'a|',
  '|a',
  '(a|b)*',
  'a*',
  'a+b?',
  'a{2}',
  'a{2,}',
  'a{0,2}b',
  '(ab){1,3}',
  '(?:a|bc)+d',
  '.',
  '.*',
  'a.c',
  '[abc]',
  '[^abc]',
  '[a-c]+',
  '[-a]',
  '[a-]',
  '[\\]a]',
  '[\\w-]+',
  '\\d+',
  '\\D',
  '\\w\\s\\W\\S',
  '^a$',
  'a^b',
  '$a',
  '(^a|b)$',
  '\\bab\\b',
  'a\\Bb',
  '\\x61\\u0062',
  '\\.',
  'a\\*',
  '(a*)*',
  '(a*)+b',
  '((a|b)?)*c',
  '(a|a)*b',
  '[\\d.]+',
  'a{1,2}{2}',
  '\\0',
  '\\cA',
  '[\\b]',
  'a+?',
  'a*?b',
  'a??',
  '(a{0,3}){0,3}',
  '[a\\-c]',
  '()',
  '(|a)b',
];
const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'abc',
  'aa',
  'aab',
  'aaab',
  'abab',
  'bcd',
  'abcd',
  '1',
  '12.5',
  'a c',
  'a-b',
  ']',
  '-',
  'a*',
  '.',
  '\x01',
  '\x08',
  '\0',
  'aaaaaaa',
  'ba',
  '\n',
  'a\nc',
];

t.test('a match is one of the whole text', async (t) => {
  for (const pattern of PATTERNS) {
    // V8 takes no quantifier of a quantifier.
    if (pattern === 'a{1,2}{2}') continue;
    const own = new RegExp(`^(?:${pattern})$`);
    for (const text of TEXTS)
      t.equal(matches(pattern, text), own.test(text), `${pattern} of ${JSON.stringify(text)}`);
  }
});

t.test('classes by name', async (t) => {
  t.equal(matches('[[:alpha:]]+[[:digit:]]', 'abZ1'), true);
  t.equal(matches('[^[:space:]]', ' '), false);
  t.equal(matches('[[:xdigit:]_]+', '0aF_'), true);
  t.match(matches('[[:nothing:]]', 'a'), /class that exists/);
});

t.test('what would be tried again and again is refused, and what is no expression', async (t) => {
  const wrong = [
    '(a)\\1',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(a',
    'a)',
    '[a',
    '*',
    'a**',
    '+',
    '?a',
    'a{',
    'a{2,1}',
    'a{300}',
    '\\',
    '\\q',
    '[b-a]',
    '[\\d-z]',
    '^*',
    '\\u1234',
    '\\x6',
  ];
  for (const pattern of wrong) t.type(matches(pattern, 'a'), 'string', pattern);
  t.match(matches('((a{100}){100}){100}', 'a'), /states/);
  t.match(matches(`${'('.repeat(200)}a${')'.repeat(200)}`, 'a'), /nested/);
  t.match(matches('a'.repeat(5000), 'a'), /4096|states/);
});

t.test('the time grows with the text alone', async (t) => {
  for (const pattern of ['(a+)+b', '(a|aa)*b', '(a*)*b', '(.*)(.*)(.*)(.*)x', '([a-z]+)*[A-Z]']) {
    const before = process.cpuUsage();
    t.equal(matches(pattern, 'a'.repeat(2000)), false);
    t.ok(process.cpuUsage(before).user < 1_000_000, pattern);
  }
});

t.test('a matcher can be used again', async (t) => {
  const compiled = compileRegExp(Buffer.from('a+'));
  if (!compiled.ok) return t.fail();
  const bytes = Buffer.from('aab');
  for (let i = 0; i < 3; i++) {
    t.equal(compiled.matcher.matches(bytes, 0, 2), true);
    t.equal(compiled.matcher.matches(bytes, 0, 3), false);
    t.equal(compiled.matcher.matches(bytes, 0, 0), false);
  }
});
