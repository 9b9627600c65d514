/** Interfaces that come and go while clients of others ask: no query of theirs is lost, and each is served again by itself. */
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { createScene, LAN0, MISSING, serveThrough, unansweredOf } from './interface-scene.ts';
import { TURN } from './turn.ts';
import { until } from './waiting.ts';

// Both kinds of sockets in turn: the stories take long.
serveThrough(TURN === 1 ? 'udp' : 'raw');

const PROGRAMS = ['ip', 'dhclient', 'perfdhcp'];

t.test(
  'an interface is deleted and made again: its clients are served, no other query is lost',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
    await scene.server.start();
    t.equal(await scene.exchange(), '10.1.0.1');
    const load = scene.load(500, 9);
    for (let i = 0; i < 2; i++) {
      await scene.ip('link delete lan0');
      await scene.awaitErrors([MISSING]);
      scene.network.attach('server1', 'lan0', LAN0);
      await scene.awaitErrors([]);
      t.equal(await scene.exchange(), '10.1.0.1');
    }
    const { sent, unanswered, said } = await unansweredOf(load);
    t.comment(`${sent} queries on the other interface, ${unanswered} without an answer`);
    t.equal(unanswered, 0, said);
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);

t.test(
  'twenty interfaces flap under load: no query on a healthy one is lost, and all are served in the end',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['*'] } });
    await scene.server.start();
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    // Nobody else has UDP sockets in the server's namespace.
    const openSockets = async (): Promise<number> =>
      (await scene.network.run('server1', 'cat', ['/proc/net/udp'])).output.split('\n').length;
    const make = async (i: number): Promise<void> => {
      await scene.ip(`link add flap${i} type veth peer name peer${i}`);
      await scene.ip(`address add 10.3.${i}.1/24 dev flap${i}`);
      await scene.ip(`link set flap${i} up`);
    };
    await Promise.all(numbers.map(make));
    const load = scene.load(500, 10);
    let flaps = 0;
    for (const untilMs = performance.now() + 8_000; performance.now() < untilMs; flaps++) {
      const i = flaps % numbers.length;
      await scene.ip(`link delete flap${i}`);
      await make(i);
    }
    const { sent, unanswered, said } = await unansweredOf(load);
    t.comment(`${flaps} flaps; ${sent} queries on a healthy interface, ${unanswered} without an answer`);
    t.equal(unanswered, 0, said);
    // The far ends are down and without an address: each near end is without carrier.
    const reasons = numbers.flatMap((i) => [
      `the interface flap${i} is not running`,
      `the interface peer${i} is down`,
    ]);
    const areKnown = (): Promise<true> =>
      until({ what: 'every end is known', timeoutMs: 10_000 }, async () => {
        const faults = new Set((await scene.sockets()).errors);
        return reasons.every((reason) => faults.has(reason)) ? true : null;
      });
    await areKnown();
    for (const i of numbers) await scene.ip(`link delete flap${i}`);
    await scene.awaitErrors([]);
    const before = await openSockets();
    await Promise.all(numbers.map(make));
    // The sockets are open when the reasons are told, and closed when they are told no more.
    await areKnown();
    t.ok((await openSockets()) > before, 'all sockets are open again');
    for (const i of numbers) await scene.ip(`link delete flap${i}`);
    await scene.awaitErrors([]);
    t.equal(await openSockets(), before, 'no socket is left behind');
    t.equal(await scene.exchange(), '10.1.0.1');
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);

t.test(
  'reloads while an interface comes and goes under load: none is refused, no query elsewhere is lost',
  async (t) => {
    if (!needRootAnd(t, PROGRAMS)) return;
    const scene = createScene(t, { interfaces: { interfaces: ['lan0', 'lan1'] } });
    await scene.server.start();
    const load = scene.load(500, 9);
    const results: number[] = [];
    const reload = async (): Promise<void> => {
      results.push((await scene.server.command('config-reload')).result);
    };
    for (let i = 0; i < 10; i++) {
      await Promise.all([scene.ip('link delete lan0'), reload()]);
      scene.network.attach('server1', 'lan0', LAN0);
      await reload();
    }
    const { sent, unanswered, said } = await unansweredOf(load);
    t.comment(`${results.length} reloads; ${sent} queries, ${unanswered} without an answer`);
    t.ok(results.every((result) => result === 0));
    t.equal(unanswered, 0, said);
    await scene.awaitErrors([]);
    t.equal(await scene.exchange(), '10.1.0.1');
    t.same(await scene.server.stop(), { code: 0, signal: null });
  },
);
