import t from 'tap';
import { child, describe, describeKind, formatPath, formatProblem } from '../../src/config/problem.ts';

t.test('paths join keys by slashes and put indexes in brackets', async (t) => {
  const at = child(child(child(child(null, 'Dhcp4'), 'subnet4'), 0), 'id');
  t.equal(formatPath(at), 'Dhcp4/subnet4[0]/id');
  t.equal(formatPath(child(child(null, 0), 1)), '[0][1]');
  t.equal(formatPath(null), '');
});

t.test('odd keys cannot break a line or flood it', async (t) => {
  t.equal(formatPath(child(child(null, 'a\nb'), '')), '"a\\nb"/""');
  t.equal(formatPath(child(null, 'x'.repeat(1000))).length, 65);
});

t.test('values are described briefly, secrets only by kind', async (t) => {
  t.strictSame([undefined, null, 1.5, true, 'x', [], [1], {}].map(describe), [
    'nothing',
    'null',
    '1.5',
    'true',
    '"x"',
    'an empty list',
    'a list of 1',
    'a map',
  ]);
  t.equal(describe('y'.repeat(1000)).length, 65);
  t.strictSame([undefined, null, 1.5, true, 'x', '', []].map(describeKind), [
    'nothing',
    'null',
    'a number',
    'true or false',
    'a string',
    'an empty string',
    'an empty list',
  ]);
});

t.test('a problem without position or path leaves them out', async (t) => {
  const bare = { file: null, line: null, column: null, path: '', found: 'X', expected: 'Y' };
  t.equal(formatProblem(bare), 'found X; expected Y');
  t.equal(formatProblem({ ...bare, file: 'f' }), 'f: found X; expected Y');
  t.equal(
    formatProblem({ file: 'f', line: 2, column: 3, path: 'p', found: 'X', expected: 'Y' }),
    'f:2:3: p: found X; expected Y',
  );
});
