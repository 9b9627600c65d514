import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { allocateBell, Bell } from '../../src/base/bell.ts';
import { createEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { closeFd } from '../../src/io/udp.ts';

t.test('only a sleeper is signalled, and once', (t) => {
  const signals: number[] = [];
  const bell = new Bell(allocateBell(7), (eventFd) => signals.push(eventFd));
  bell.ring();
  t.same(signals, [], 'it is awake');
  bell.lieDown();
  bell.ring();
  bell.ring();
  t.same(signals, [7], 'the second news need no second signal');
  bell.getUp();
  bell.lieDown();
  bell.getUp();
  bell.ring();
  t.same(signals, [7], 'it is up again');
  t.end();
});

t.test('no wake-up is lost, however closely falling asleep and ringing meet', async (t) => {
  const eventFd = createEventFd();
  t.teardown(() => closeFd(eventFd));
  const memory = allocateBell(eventFd);
  const news = new SharedArrayBuffer(8);
  const words = new Int32Array(news);
  const rounds = 100_000;
  const sleeper = new Worker(new URL('./bell-thread.js', import.meta.url), {
    workerData: { memory, news, rounds },
  });
  const answer = once(sleeper, 'message');
  const bell = new Bell(memory, signalEventFd);
  for (let round = 1; round <= rounds; round++) {
    Atomics.store(words, 0, round);
    bell.ring();
    // Pauses of every length up to the time that falling asleep takes, so that they meet at every point of it.
    if (round % 4 === 0) while (Atomics.load(words, 1) < round);
    for (let spin = 0; spin < round % 97; spin++) Atomics.load(words, 1);
  }
  const [{ timeouts, sleeps }] = (await answer) as [{ timeouts: number; sleeps: number }];
  t.equal(timeouts, 0);
  t.ok(sleeps > 100, `it slept ${sleeps} times`);
});
