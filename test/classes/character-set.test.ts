/**
 * What `hostname-char-set` finds in names. The rows are what libstdc++'s std::regex_replace has made of them, by which Kea
 * works; test/interop/kea-char-sets.test.ts asks Kea itself.
 */
import t from 'tap';
import { appendSanitised, compileCharacterSet } from '../../src/classes/character-set.ts';

function cleaned(set: string, replacement: string, text: string, room = 255): string | null {
  const compiled = compileCharacterSet(set, replacement);
  if (!compiled.ok) return `${compiled.of}: ${compiled.expected}`;
  const to = { bytes: new Uint8Array(room), length: 0 };
  const bytes = Buffer.from(`?${text}?`, 'latin1');
  const isDone = appendSanitised(compiled.set, bytes, 1, bytes.length - 2, to);
  return isDone ? Buffer.from(to.bytes.subarray(0, to.length)).toString('latin1') : null;
}

t.test('the longest of alternatives, repeated as often as can be, one match behind the other', async (t) => {
  const rows: readonly (readonly [set: string, replacement: string, text: string, outcome: string])[] = [
    ['a|ab|abc', '.', 'abcab', '..'],
    ['a*', '-', 'aab', '--b-'],
    ['a*(ab)?', '<$&>', 'aab', '<aa><>b<>'],
    ['(a*|b)*', '.', 'abac', '..c.'],
    ['^a', '', 'aaa', 'aa'],
    ['a$', '', 'aaa', 'aa'],
    ['^|$', '.', 'ab', '.ab.'],
    ['x{2,3}', '.', 'xxxxxx', '..'],
    ['b', "[$`|$&|$'|$$|$0|$9|$x|$", 'abc', 'a[a|b|c|$|b||$x|$c'],
    ['()', '.', 'ab', '.a.b.'],
    ['a**|}', '', 'aa}b', 'b'],
    ['[]a]', '', 'a]b', 'b'],
    ['[\\.]', '', 'a\\.', 'a'],
    ['.', '', 'a\0b', '\0'],
  ];
  for (const [set, replacement, text, outcome] of rows)
    t.equal(cleaned(set, replacement, text), outcome, `${set} -> ${replacement}: ${text}`);
});

t.test('what is no expression is refused, with its place', async (t) => {
  const rows: readonly (readonly [set: string, place: number])[] = [
    ['(', 2],
    ['a)', 2],
    ['*', 1],
    ['a|*b', 3],
    ['(*a)', 2],
    ['^*', 2],
    ['a{', 2],
    ['a{2,1}', 2],
    ['a{,2}', 2],
    ['{', 1],
    ['[a', 3],
    ['[z-a]', 5],
    ['[a-c-e]', 6],
    ['[[:foo:]]', 2],
    ['[[.a.]]', 2],
    ['\\', 2],
    ['\\d', 2],
    ['a{256}', 2],
  ];
  for (const [set, place] of rows)
    t.match(cleaned(set, '', 'a'), new RegExp(`^set: .*, at character ${place}$`), set);
  t.match(cleaned('(a)', '$1', 'a'), /^replacement: /);
  t.match(cleaned('(((a{99}){99}){99})', '', 'a'), /^set: .*512 states/);
});

t.test('no name makes work that grows beyond its length', async (t) => {
  const hostile = ['(a*)*b', '(a|a)*b', '(a|aa)+$', '((a?){30}a{30})*x', '((((a*)*)*)*)*b', '(|(|(|a)*)*)*b'];
  const text = 'a'.repeat(255);
  for (const set of hostile) {
    const started = process.cpuUsage();
    t.type(cleaned(set, '', text), 'string', set);
    const { user, system } = process.cpuUsage(started);
    t.ok(user + system < 1_000_000, `${user + system} us`);
  }
});

t.test('an outcome that has no room is none, and a text that is too long', async (t) => {
  t.equal(cleaned('a', 'bb', 'aaa', 5), null);
  t.equal(cleaned('a|c', 'bb', 'aaa', 5), null);
  t.equal(cleaned('a|c', 'bb', 'aaa', 6), 'bbbbbb');
  t.equal(cleaned('a|c', '', 'b'.repeat(1025), 2000), null);
});
