import { Worker } from 'node:worker_threads';
import t from 'tap';
import { createEventFd, drainEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { Poller } from '../../src/io/poll.ts';
import { closeFd } from '../../src/io/udp.ts';

t.test('a signal makes the descriptor readable until it is drained', async (t) => {
  const fd = createEventFd();
  t.teardown(() => closeFd(fd));
  const poller = new Poller([fd]);
  t.equal(poller.wait(0), 0);
  t.notOk(poller.isReady(0));
  signalEventFd(fd);
  t.equal(poller.wait(0), 1);
  t.ok(poller.isReady(0));
  drainEventFd(fd);
  t.equal(poller.wait(0), 0);
  t.notOk(poller.isReady(0));
});

t.test('many signals are drained at once', async (t) => {
  const fd = createEventFd();
  t.teardown(() => closeFd(fd));
  for (let i = 0; i < 1000; i++) signalEventFd(fd);
  drainEventFd(fd);
  t.equal(new Poller([fd]).wait(0), 0);
});

t.test('draining without a signal does nothing', async (t) => {
  const fd = createEventFd();
  t.teardown(() => closeFd(fd));
  drainEventFd(fd);
  t.equal(new Poller([fd]).wait(0), 0);
});

t.test('another thread wakes one that is inside poll()', async (t) => {
  const fd = createEventFd();
  const module = new URL('../../src/io/eventfd.js', import.meta.url).href;
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     import(workerData.module).then(({ signalEventFd }) => {
       parentPort.postMessage('loaded');
       Atomics.wait(workerData.gate, 0, 0);
       signalEventFd(workerData.fd);
     });`,
    { eval: true, workerData: { fd, module, gate } },
  );
  t.teardown(async () => {
    await worker.terminate();
    closeFd(fd);
  });
  await new Promise((resolve) => worker.once('message', resolve));
  const poller = new Poller([fd]);
  t.equal(poller.wait(0), 0, 'not yet');
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  t.equal(poller.wait(10_000), 1, 'woken long before the timeout, with this thread blocked');
});

t.test('a closed descriptor is an error that names the call', async (t) => {
  const fd = createEventFd();
  closeFd(fd);
  t.throws(() => signalEventFd(fd), { code: 'EBADF', message: /cannot signal an eventfd/ });
  t.throws(() => drainEventFd(fd), { code: 'EBADF', message: /cannot drain an eventfd/ });
});
