import t from 'tap';
import { findNearest } from '../../../src/config/schema/nearest.ts';

t.test('the nearest name is the one with the fewest edits', async (t) => {
  const names = ['valid-lifetime', 'min-valid-lifetime', 'id', 'pool', 'pools'];
  t.equal(findNearest('valid-lifetme', names), 'valid-lifetime');
  t.equal(findNearest('valid_lifetime', names), 'valid-lifetime');
  t.equal(findNearest('poolz', names), 'pool');
  t.equal(findNearest('polls', names), 'pools');
});

t.test('a name that is far from all gets no hint', async (t) => {
  t.equal(findNearest('xyz', ['id', 'pool']), null);
  t.equal(findNearest('ip', ['id']), null, 'half of a short word makes another word');
  t.equal(findNearest('', ['id']), null);
  t.equal(findNearest('a'.repeat(65), ['a'.repeat(64)]), null, 'too long to compare');
});
