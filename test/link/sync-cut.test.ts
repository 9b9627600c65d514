/** A connection that ends anywhere in a synchronization, also right behind its end: the next one makes both whole. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import { SyncKind } from '../../src/link/sync-frames.ts';
import { LinkServer, NOW_SEC } from './support/link-server.ts';
import { cutConnection, socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const VALID_SEC = 3600;
/** More than go in one turn. */
const LEASES = 6_000;
const TURNS_MAX = 200;

const lease = (host: number, agoSec: number) => ({
  address: BASE + host,
  expireSec: NOW_SEC - agoSec + VALID_SEC,
});

class Pair {
  readonly a: LinkServer;
  readonly b: LinkServer;
  readonly #t: Pick<Test, 'teardown'>;
  #fd = 0;
  #answered = 0;
  #lent = false;

  constructor(t: Pick<Test, 'teardown'>) {
    this.#t = t;
    this.a = new LinkServer(t, 'server1');
    this.b = new LinkServer(t, 'server2');
    // Ours is older, newer, alone here, alone there.
    for (let host = 0; host < LEASES; host++) {
      if (host % 4 !== 3) this.a.put(lease(host, host % 4 === 0 ? 200 : 50));
      if (host % 4 !== 2) this.b.put(lease(host, 100));
    }
    this.a.makeDurable();
    this.b.makeDurable();
  }

  open(): void {
    const fds = socketPair();
    this.#t.teardown(() => fds.forEach(closeFd));
    this.#fd = fds[0];
    this.#lent = false;
    this.a.open(fds[0]);
    this.b.open(fds[1]);
    for (let i = 0; i < 4; i++) this.turn();
  }

  cut(): void {
    cutConnection(this.#fd);
    for (let i = 0; i < 4; i++) this.turn();
  }

  /** The source's main lends and answers; what it changes meanwhile goes into the log that is lent. */
  turn(changed: number | null = null): void {
    this.a.turn();
    this.b.turn();
    const asked = this.b.synced().filter(({ kind }) => kind === 'asked').length;
    if (asked > this.#answered) {
      this.#answered = asked;
      this.#lent = true;
      this.b.lend();
      this.b.answer();
    }
    if (changed !== null) {
      const record = { ...lease(changed, 0), userContext: '{"changed":true}' };
      this.b.put(record);
      if (this.#lent) this.b.write([record], false);
    }
    this.a.makeDurable();
    this.b.makeDurable();
  }

  get done(): number {
    return this.a.synced().filter(({ kind }) => kind === 'done').length;
  }

  leases(server: LinkServer): string {
    const all = [...server.leases()].map(([at, { clttSec, userContext }]) => [at, clttSec, userContext]);
    return JSON.stringify(all.sort(([a], [b]) => (a as number) - (b as number)));
  }
}

t.test('cut behind each turn, the first three behind the end included', async (t) => {
  let cuts = 0;
  for (let at = 0, isOver = false; !isOver; at++) {
    const ends: (() => void)[] = [];
    const pair = new Pair({ teardown: (end: () => void) => void ends.push(end) });
    const { a, b } = pair;
    pair.open();
    a.synchronize(SyncKind.exchange);
    let behind = 0;
    for (let turns = 0; turns < at; turns++) {
      pair.turn(turns % LEASES);
      if (pair.done > 0) behind++;
    }
    isOver = behind > 3;
    pair.cut();
    t.equal(a.heard('down').length, 1);
    t.equal(b.heard('down').length, 1);
    const doneBefore = pair.done;
    // What the source changes while there is no stream is nobody's news.
    b.put({ ...lease(1, 0), userContext: '{"alone":true}' });
    pair.open();
    a.synchronize(SyncKind.exchange);
    for (let turns = 0; turns < TURNS_MAX && pair.done === doneBefore; turns++) pair.turn(turns % LEASES);
    for (let turns = 0; turns < 6; turns++) pair.turn();
    t.equal(pair.done, doneBefore + 1);
    t.equal(pair.leases(a), pair.leases(b), `cut behind ${at} turns`);
    t.equal(a.leases().size, LEASES);
    cuts++;
    for (const end of ends) end();
  }
  t.comment(`${cuts} places`);
});
