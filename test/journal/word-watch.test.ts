import { execFileSync } from 'node:child_process';
import t from 'tap';
import { WordWatch } from '../../src/journal/word-watch.ts';

const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(16));

function set(array: Int32Array, index: number, value: number): void {
  Atomics.store(array, index, value);
  Atomics.notify(array, index);
}

t.test('a value that is there already is not waited for', async (t) => {
  const array = words();
  array[1] = 5;
  t.equal(await new WordWatch(array, 1).until((value) => value >= 5, 0), true);
});

t.test('each waiter is told when its own value is reached', async (t) => {
  const array = words();
  const watch = new WordWatch(array, 2);
  const told: string[] = [];
  const waits = [
    watch.until((value) => value >= 2, 5_000).then(() => told.push('two')),
    watch.until((value) => value >= 1, 5_000).then(() => told.push('one')),
    watch.until((value) => value >= 2, 5_000).then(() => told.push('two again')),
  ];
  set(array, 2, 1);
  await waits[1];
  t.same(told, ['one']);
  set(array, 2, 2);
  await Promise.all(waits);
  t.same(told, ['one', 'two', 'two again']);
});

t.test('a waiter gives up in time, and the next one is served all the same', async (t) => {
  const array = words();
  const watch = new WordWatch(array, 0);
  t.equal(await watch.until((value) => value === 1, 10), false);
  const second = watch.until((value) => value === 1, 5_000);
  set(array, 0, 1);
  t.equal(await second, true);
});

t.test('changes in quick succession are not lost', async (t) => {
  const array = words();
  const watch = new WordWatch(array, 0);
  for (let value = 1; value <= 200; value++) {
    const wait = watch.until((now) => now >= value, 5_000);
    if (value % 3 === 0) await Promise.resolve();
    set(array, 0, value);
    if (!(await wait)) t.fail(`value ${value} was missed`);
  }
  t.pass('200 changes');
});

t.test('a wait that has ended keeps no process alive', async (t) => {
  const module = new URL('../../src/journal/word-watch.js', import.meta.url).href;
  const program = `
    import { WordWatch } from '${module}';
    const array = new Int32Array(new SharedArrayBuffer(4));
    const watch = new WordWatch(array, 0);
    await watch.until((value) => value === 1, 20);
    console.log('done');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 });
  t.equal(output.toString(), 'done\n');
});
