/** Class numbers, the classes of a query, and guards. */
import t from 'tap';
import { ClassIds, NO_CLASS } from '../../src/classes/class-ids.ts';
import { ClassSet, guardOf, isOpen } from '../../src/classes/class-set.ts';

t.test('a class has one number, whoever asks for it', async (t) => {
  const ids = new ClassIds();
  t.equal(ids.intern('a'), 0);
  t.equal(ids.intern('b'), 1);
  t.equal(ids.intern('a'), 0);
  t.equal(ids.find('b'), 1);
  t.equal(ids.find('c'), NO_CLASS);
  t.same(ids.names(), ['a', 'b']);
  t.equal(ids.name(1), 'b');
  t.equal(ids.count, 2);
});

t.test('classes keep the order in which they were assigned', async (t) => {
  const set = new ClassSet(100);
  for (const id of [70, 3, 99, 3, NO_CLASS, 0]) set.add(id);
  t.same([...set.ids.subarray(0, set.length)], [70, 3, 99, 0]);
  set.removeAll(Uint32Array.of(1 << 3, 1 << (50 - 32)));
  t.same([...set.ids.subarray(0, set.length)], [70, 99, 0]);
  t.notOk(set.has(3));
  set.add(3);
  t.same([...set.ids.subarray(0, set.length)], [70, 99, 0, 3]);
  set.clear();
  t.equal(set.length, 0);
  for (let id = 0; id < 100; id++) t.notOk(set.has(id));
  t.notOk(set.has(NO_CLASS));
});

t.test('a guard is open to who is in one of its classes, an empty one to everybody', async (t) => {
  const set = new ClassSet(40);
  t.ok(isOpen([], set));
  t.notOk(isOpen([1, 33], set));
  set.add(33);
  t.ok(isOpen([1, 33], set));
  t.notOk(isOpen([1], set));
  t.notOk(isOpen([NO_CLASS], set));
});

t.test('a guard is made of names; with ALL among them it is open', async (t) => {
  const ids = new ClassIds();
  t.same(guardOf(['x', 'y'], ids), [ids.find('x'), ids.find('y')]);
  t.same(guardOf([], ids), []);
  t.same(guardOf(['x', 'ALL'], ids), []);
});
