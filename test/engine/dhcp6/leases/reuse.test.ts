/** Lease caching of DHCPv6: a lease that is fresh is answered without a row. */
import t from 'tap';
import type { SubnetConfig6 } from '../../../../src/config/dhcp6/model.ts';
import { MessageType } from '../../../../src/dhcp6/codes.ts';
import { BenchEngine6 } from '../bench-engine.ts';
import { config6, fixed, HOME } from '../config.ts';
import { iaNa, iaPd, message, partsOf } from '../messages.ts';

const { request, renew, rebind, solicit } = MessageType;
const INFINITE = 0xffff_ffff;

function start(more: Partial<SubnetConfig6>): BenchEngine6 {
  const engine = new BenchEngine6(config6({ subnets: [{ ...HOME, ...more }] }));
  engine.ask(message(request, 1, iaNa(1), iaPd(2)));
  engine.rows();
  return engine;
}

/** The reply, and how many rows were written for it. */
function ask(engine: BenchEngine6, type: number): [parts: readonly string[], rows: number] {
  const answer = engine.ask(message(type, 1, iaNa(1), iaPd(2)));
  return [partsOf(answer!), engine.rows().length];
}

t.test('a fresh lease is answered with what is left of it, an older one is written again', async (t) => {
  for (const type of [request, renew, rebind]) {
    const engine = start({ cacheThreshold: 0.25 });
    engine.clock.pass(1000);
    const [parts, rows] = ask(engine, type);
    t.match(parts, [/^na 1 1000\/1600 \[.* 2000\/3000\]/, /^pd 2 1000\/1600 \[.* 2000\/3000\]/]);
    t.equal(rows, 0);
    t.equal(engine.statistic('v6-ia-na-lease-reuses'), 1);
    t.equal(engine.statistic('subnet[1].v6-ia-pd-lease-reuses'), 1);
    engine.clock.pass(1);
    const [whole, written] = ask(engine, type);
    t.match(whole, [/ 3000\/4000\]/, / 3000\/4000\]/]);
    t.equal(written, 2);
  }
});

t.test('a server whose clients wait for backups writes a fresh lease again', async (t) => {
  const engine = start({ cacheThreshold: 0.25 });
  engine.allow({ reusesLeases: false });
  const [parts, rows] = ask(engine, renew);
  t.match(parts, [/ 3000\/4000\]/, / 3000\/4000\]/]);
  t.equal(rows, 2);
});

t.test('what is advertised is what a lease would have', async (t) => {
  const engine = start({ cacheThreshold: 0.25 });
  engine.clock.pass(10);
  t.match(ask(engine, solicit)[0], [/ 3000\/4000\]/, / 3000\/4000\]/]);
});

t.test('a bound of age, none at all, and leases without an end', async (t) => {
  const bounded = start({ cacheThreshold: 0.25, cacheMaxAgeSec: 10 });
  bounded.clock.pass(10);
  t.equal(ask(bounded, renew)[1], 0);
  bounded.clock.pass(1);
  t.equal(ask(bounded, renew)[1], 2);
  t.equal(ask(start({}), renew)[1], 2);
  const endless = start({ validLifetime: fixed(INFINITE), preferredLifetime: fixed(INFINITE) });
  endless.clock.pass(1000000);
  const [parts, rows] = ask(endless, renew);
  t.match(parts[0], / 4294967295\/4294967295\]/);
  t.equal(rows, 0);
});

t.test('a lease whose row is not on the disk is not answered from memory', async (t) => {
  const engine = new BenchEngine6(config6({ subnets: [{ ...HOME, cacheThreshold: 0.25 }] }));
  for (let times = 1; times <= 2; times++) {
    engine.send(message(request, 1, iaNa(1)));
    t.same(engine.replies(), [], 'parked');
    t.equal(engine.rows().length, 1);
  }
});
