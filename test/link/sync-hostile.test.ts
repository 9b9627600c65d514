/** Frames of a synchronization at any stage, whoever asked: each is legal or a fault, and a fault changes no lease. */
import { readSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import { encodeHello } from '../../src/link/hello.ts';
import { ROWS_BYTES, ROWS_WINDOW, SYNC_TIMEOUT_MS } from '../../src/link/limits.ts';
import { SyncKind } from '../../src/link/sync-frames.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import { frame, rowsOf, u16, u32 } from './support/frames.ts';
import { LinkServer, type LinkServerOptions, NOW_SEC } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const HELLO = encodeHello({ own: 'server2', partner: 'server1' }, 4);
const VALID_SEC = 3600;
/** Leases that the server has at the beginning. */
const OWN = 5;
const MANY = 40_000;
const [SYNC, ANSWER, ROWS, TAKEN, END] = [8, 9, 10, 11, 12];
const CHUNK = new Uint8Array(1 << 16);

const lease = (host: number, agoSec = 100) =>
  encodeRecord({ address: BASE + host, expireSec: NOW_SEC - agoSec + VALID_SEC });

/** Who speaks to the server octet by octet, and keeps account of what was said. */
class Stranger {
  readonly server: LinkServer;
  readonly #fd: number;
  #heard = Buffer.alloc(0);
  /** The server has asked, and was told that it gets leases; they are at their end. */
  isAsked = false;
  hasAccepted = false;
  hasAsked = false;
  /** Rows of ours since the last beginning, and those of the server's. */
  sent = 0;
  got = 0;
  taken = 0;
  hasGotEnd = false;
  hasSentEnd = false;

  constructor(t: Pick<Test, 'teardown'>, options?: LinkServerOptions) {
    this.server = new LinkServer(t, 'server1', options);
    const [ours, theirs] = socketPair();
    this.#fd = theirs;
    t.teardown(() => [ours, theirs].forEach(closeFd));
    this.server.open(ours);
    this.say(frame(1, HELLO));
  }

  /** Says something, lets the server work on it, and listens. */
  say(octets: Uint8Array): void {
    writeSync(this.#fd, octets);
    this.work();
  }

  work(turns = 3): void {
    for (let i = 0; i < turns; i++) {
      this.server.turn();
      this.server.makeDurable();
    }
    this.#listen();
  }

  #listen(): void {
    for (;;) {
      let length = 0;
      try {
        length = readSync(this.#fd, CHUNK);
      } catch {
        break;
      }
      if (length === 0) break;
      this.#heard = Buffer.concat([this.#heard, CHUNK.subarray(0, length)]);
    }
    while (this.#heard.length >= 8 && this.#heard.length >= 4 + this.#heard.readUInt32LE(0)) {
      const whole = 4 + this.#heard.readUInt32LE(0);
      this.#take(this.#heard[4]!, this.#heard.subarray(8, whole));
      this.#heard = this.#heard.subarray(whole);
    }
  }

  #take(type: number, body: Buffer): void {
    if (type === SYNC) {
      this.#begin();
      this.isAsked = true;
    } else if (type === ANSWER && body[0] === 0) {
      this.#begin();
      this.hasAsked = true;
    } else if (type === ROWS) this.got += body.readUInt32LE(4);
    else if (type === END) this.hasGotEnd = true;
  }

  #begin(): void {
    Object.assign(this, { isAsked: false, hasAccepted: false, hasAsked: false });
    Object.assign(this, { sent: 0, got: 0, taken: 0, hasGotEnd: false, hasSentEnd: false });
  }

  /** Whether the server has asked for rows of ours, by all that was said. */
  get mayGive(): boolean {
    if (this.hasSentEnd) return false;
    return this.hasAccepted || (this.hasAsked && this.hasGotEnd && this.taken === this.got);
  }

  get reason(): string | null {
    return this.server.heard('down')[0]?.reason ?? null;
  }

  /** Everything that the server holds. */
  leases(): string {
    return JSON.stringify([...this.server.leases()].map(([at, { clttSec, state }]) => [at, clttSec, state]));
  }
}

type Step =
  | { readonly kind: 'well'; readonly hosts: readonly number[] }
  | { readonly kind: 'sync' | 'ask' | 'grant' | 'refuse'; readonly how: number }
  | { readonly kind: 'answer'; readonly how: number }
  | { readonly kind: 'rows'; readonly off: number; readonly hosts: readonly number[]; readonly bad: boolean }
  | { readonly kind: 'taken' | 'end'; readonly off: number };

const OFF = fc.constantFrom(0, 0, 0, 0, 1, -1, 1000);
const hosts = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
const anything: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('sync' as const), how: fc.constantFrom(2, 1, 2, 0, 3) }),
  fc.record({ kind: fc.constantFrom('ask' as const, 'grant' as const, 'refuse' as const), how: fc.nat(1) }),
  fc.record({ kind: fc.constant('answer' as const), how: fc.constantFrom(0, 0, 0, 1, 2, 3) }),
  fc.record({
    kind: fc.constant('rows' as const),
    off: OFF,
    hosts,
    bad: fc.constantFrom(false, false, false, true),
  }),
  fc.record({ kind: fc.constant('taken' as const), off: OFF }),
  fc.record({ kind: fc.constant('end' as const), off: OFF }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('well' as const), hosts }) },
  { weight: 1, arbitrary: anything },
);

/** What a good partner might do next. */
function goOn(stranger: Stranger, hosts: readonly number[]): Step {
  const isEven = hosts[0]! % 2 === 0;
  if (stranger.got > stranger.taken) return { kind: 'taken', off: 0 };
  if (stranger.mayGive) return isEven ? { kind: 'rows', off: 0, hosts, bad: false } : { kind: 'end', off: 0 };
  if (stranger.isAsked && !stranger.hasAccepted) return { kind: 'answer', how: 0 };
  if (stranger.server.synced().at(-1)?.kind === 'asked' && !stranger.hasAsked)
    return { kind: 'grant', how: 0 };
  return { kind: isEven ? 'ask' : 'sync', how: isEven ? 0 : 2 };
}

const ANSWERS = [[0, ...u32(3)], [1, ...u16(2), 0x6e, 0x6f], [1, ...u16(9), 0x6e], [7]];

/** Carries out one step. @returns addresses that may have changed by it */
function carryOut(stranger: Stranger, each: Step): readonly number[] {
  const { server } = stranger;
  switch (each.kind) {
    case 'well':
      return carryOut(stranger, goOn(stranger, each.hosts));
    case 'sync':
      stranger.say(frame(SYNC!, [each.how]));
      return [];
    case 'ask':
      server.synchronize(each.how === 0 ? SyncKind.exchange : SyncKind.fetch);
      stranger.work();
      return [];
    case 'grant':
      server.answer();
      stranger.work();
      return [];
    case 'refuse':
      server.answer('no');
      stranger.work();
      return [];
    case 'answer':
      if (each.how === 0 && stranger.isAsked) stranger.hasAccepted = true;
      stranger.say(frame(ANSWER!, ANSWERS[each.how]!));
      return [];
    case 'rows': {
      const rows = each.hosts.map((host) => lease(host, 50));
      if (each.bad) rows.at(-1)![0] = 9;
      const isDue = stranger.mayGive && each.off === 0 && !each.bad;
      const first = (stranger.sent + 1 + each.off) >>> 0;
      if (isDue) stranger.sent += rows.length;
      stranger.say(rowsOf(first, ...rows));
      return isDue ? each.hosts.map((host) => BASE + host) : [];
    }
    case 'taken': {
      const through = stranger.got + each.off;
      if (through > stranger.taken && through <= stranger.got) stranger.taken = through;
      stranger.say(frame(TAKEN!, [...u32(through >>> 0), ...u32(0)]));
      return [];
    }
    case 'end': {
      const count = stranger.sent + each.off;
      const isDue = stranger.mayGive && each.off === 0;
      if (isDue) stranger.hasSentEnd = true;
      stranger.say(frame(END!, u32(count >>> 0)));
      return [];
    }
  }
}

t.test(
  'any frames in any order: legal, or the end, and no lease is changed by what is illegal',
  async (t) => {
    const seen = { faults: 0, changes: 0, done: 0, whole: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const ends: (() => void)[] = [];
        const stranger = new Stranger({ teardown: (end: () => void) => void ends.push(end) } as Test);
        const { server } = stranger;
        for (let host = 0; host < OWN; host++) server.put({ address: BASE + host, expireSec: NOW_SEC });
        for (const each of steps) {
          const before = new Map(server.leases());
          const text = stranger.leases();
          const touched = carryOut(stranger, each);
          if (stranger.leases() !== text) {
            if (touched.length === 0) throw new Error(`${each.kind} has changed a lease`);
            if (stranger.reason !== null)
              throw new Error(`a lease was changed by a fault: ${stranger.reason}`);
            for (const [address, { clttSec }] of server.leases())
              if (before.get(address)?.clttSec !== clttSec && !touched.includes(address))
                throw new Error('a lease was changed that was not among the rows');
            seen.changes++;
          }
          if (stranger.reason !== null) break;
        }
        if (stranger.reason === '') throw new Error('an end without a reason');
        if (stranger.reason === null) seen.whole++;
        else seen.faults++;
        seen.done += server.synced().filter(({ kind }) => kind === 'done').length;
        for (const end of ends) end();
      }),
      { seed: 12, numRuns: 600 },
    );
    t.comment(JSON.stringify(seen));
    t.ok(Math.min(seen.faults, seen.changes, seen.whole, seen.done) > 50, 'all of it has happened');
  },
);

t.test(
  'whoever asks and then reads nothing gets no more than a buffer full, and is left in time',
  async (t) => {
    let nowMs = 0;
    const stranger = new Stranger(t, { monotonicMs: () => nowMs, changeLogBytes: 1 << 23 });
    const { server } = stranger;
    for (let host = 0; host < MANY; host++) {
      server.put({ address: BASE + host });
      if (host % 1000 === 0) server.makeDurable();
    }
    stranger.say(frame(SYNC!, [SyncKind.exchange]));
    const heldBefore = process.memoryUsage().arrayBuffers;
    server.lend();
    server.answer();
    for (let turns = 0; turns < 2_000; turns++) server.turn();
    const held = process.memoryUsage().arrayBuffers - heldBefore;
    t.ok(held < 8 * ROWS_BYTES, `${held} octets`);
    nowMs = SYNC_TIMEOUT_MS + 1;
    server.turn();
    t.match(stranger.reason, /has not gone on with a synchronization/);
    stranger.work();
    t.ok(stranger.got > 0 && stranger.got <= ROWS_WINDOW, `${stranger.got} rows were on their way`);
  },
);

t.test('rows that are half there, and then nothing: none is taken, and it is given up in time', async (t) => {
  let nowMs = 0;
  const stranger = new Stranger(t, { monotonicMs: () => nowMs });
  const { server } = stranger;
  server.synchronize(SyncKind.exchange);
  stranger.work();
  stranger.say(frame(ANSWER!, [0, ...u32(0xffffffff)]));
  stranger.say(rowsOf(1, lease(1), lease(2)).subarray(0, 60));
  for (nowMs = 1_000; nowMs < SYNC_TIMEOUT_MS; nowMs += 1_000) stranger.work();
  t.equal(stranger.reason, null);
  nowMs = SYNC_TIMEOUT_MS + 1_001;
  stranger.work();
  t.match(stranger.reason, /has not gone on with a synchronization/);
  t.equal(server.leases().size, 0, 'nothing was allocated for the leases that were promised, nothing taken');
});
