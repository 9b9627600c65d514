import t from 'tap';
import { createEventFd, signalEventFd } from '../../src/io/eventfd.ts';
import { Poller } from '../../src/io/poll.ts';
import { closeFd } from '../../src/io/udp.ts';

t.test('the ready descriptors are told apart by position', async (t) => {
  const fds = Array.from({ length: 5 }, createEventFd);
  t.teardown(() => fds.forEach(closeFd));
  const poller = new Poller(fds);
  signalEventFd(fds[1]!);
  signalEventFd(fds[4]!);
  t.equal(poller.wait(1000), 2);
  t.same(
    fds.map((_, index) => poller.isReady(index)),
    [false, true, false, false, true],
  );
});

t.test('without anything ready, wait returns after its timeout', async (t) => {
  const fd = createEventFd();
  t.teardown(() => closeFd(fd));
  const before = performance.now();
  t.equal(new Poller([fd]).wait(20), 0);
  t.ok(performance.now() - before >= 19);
});

t.test('a closed descriptor stops the program instead of spinning', async (t) => {
  const open = createEventFd();
  const fd = createEventFd();
  closeFd(fd);
  t.teardown(() => closeFd(open));
  t.throws(() => new Poller([open, fd]).wait(0), { message: /a polled descriptor is open/ });
});

t.test('there must be something to poll for', async (t) => {
  t.throws(() => new Poller([]), { message: /something to poll for/ });
});

t.test('waits for parts of a millisecond, and for seconds', async (t) => {
  const fd = createEventFd();
  t.teardown(() => closeFd(fd));
  const poller = new Poller([fd]);
  const before = performance.now();
  t.equal(poller.waitUs(300), 0);
  t.ok(performance.now() - before >= 0.3);
  signalEventFd(fd);
  t.equal(poller.waitUs(3_500_000), 1);
  t.ok(poller.isReady(0));
});
