import t from 'tap';
import { SocketRetries } from '../../../src/app/sockets/retries.ts';

function retries(maxRetries: number, retryWaitMs = 1000): SocketRetries {
  return new SocketRetries({ reDetect: true, requireAll: false, maxRetries, retryWaitMs }, 0);
}

t.test('an attempt is due after each wait, also when none is left', async (t) => {
  const tries = retries(1);
  t.equal(tries.isDue(999), false);
  t.equal(tries.isDue(1000), true);
  tries.count(1000);
  t.equal(tries.areLeft, false);
  t.equal(tries.isDue(1999), false);
  t.equal(tries.isDue(2000), true);
});

t.test('the last one in vain is told once', async (t) => {
  const tries = retries(3);
  t.same(
    [1, 2, 3, 4, 5].map((sec) => tries.count(sec * 1000)),
    [false, false, true, false, false],
  );
});

t.test('without retries nothing is ever used up', async (t) => {
  const tries = retries(0);
  t.equal(tries.areLeft, false);
  t.equal(tries.count(5000), false);
});

t.test('once all are served the retries are over: what is lost later ends no server', async (t) => {
  const tries = retries(2);
  tries.end();
  t.equal(tries.areLeft, false);
  t.equal(tries.count(2000), false);
  t.equal(tries.count(3000), false);
});

t.test('a wait of 0 is due at every look', async (t) => {
  t.equal(retries(2, 0).isDue(0), true);
});
