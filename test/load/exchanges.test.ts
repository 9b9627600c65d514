import t from 'tap';
import { Exchanges, Waiting } from '../../src/load/exchanges.ts';
import { IN_FLIGHT_MAX } from '../../src/load/model.ts';

t.test('an exchange is found by its transaction id until its place is used again', async (t) => {
  const exchanges = new Exchanges(1);
  const place = exchanges.begin(7, Waiting.offer, 100);
  const xid = exchanges.xidOf(place);
  exchanges.tries[place] = 1;
  t.equal(exchanges.find(xid), place);
  exchanges.end(place);
  t.equal(exchanges.find(xid), place, 'an answer that comes late still finds it');
  for (let i = 1; i < IN_FLIGHT_MAX * 2; i++) exchanges.end(exchanges.begin(i, Waiting.offer, 100));
  const again = exchanges.begin(8, Waiting.offer, 100);
  exchanges.tries[again] = 1;
  t.equal(again, place);
  t.equal(exchanges.find(xid), -1);
  t.not(exchanges.xidOf(again), xid);
});

t.test('a transaction id that was never used finds nothing', async (t) => {
  const exchanges = new Exchanges(1);
  t.equal(exchanges.find(0), -1);
  t.equal(exchanges.find(exchanges.xidOf(5)), -1);
});

t.test('all that may be in flight have places of their own', async (t) => {
  const exchanges = new Exchanges(1);
  const places = new Set<number>();
  for (let i = 0; i < IN_FLIGHT_MAX; i++) places.add(exchanges.begin(i, Waiting.offer, 100));
  t.equal(places.size, IN_FLIGHT_MAX);
  t.equal(exchanges.inFlight, IN_FLIGHT_MAX);
});

t.test('what is due is found, what is done or not due is not', async (t) => {
  const exchanges = new Exchanges(1);
  const due = exchanges.begin(1, Waiting.offer, 0);
  const later = exchanges.begin(2, Waiting.offer, 0);
  const done = exchanges.begin(3, Waiting.offer, 0);
  exchanges.retryAtUs[due] = 10;
  exchanges.retryAtUs[later] = 20;
  exchanges.retryAtUs[done] = 5;
  exchanges.end(done);
  t.equal(exchanges.nextDue(0, 10), due);
  t.equal(exchanges.nextDue(due + 1, 10), -1);
});
