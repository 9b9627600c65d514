/** Octets in envelopes: the same ones come out at the other end, or a fault does. */
import { createHash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { allocatePinned } from '../../src/io/pinned.ts';
import type { SessionSecrets } from '../../src/io/session-secrets.ts';
import { closeFd } from '../../src/io/udp.ts';
import { ENVELOPE_BYTES_MAX } from '../../src/link/limits.ts';
import { SEAL_LIMITS, type SealLimits } from '../../src/link/seal.ts';
import { SealedWire } from '../../src/link/sealed-wire.ts';
import { WireEnd } from '../../src/link/wire.ts';
import { INTO, intercept, ROOM, take } from './support/sealed-octets.ts';
import { socketPair } from './support/socket-pair.ts';

const OVERHEAD = 18;

interface Ends {
  readonly client: SealedWire;
  readonly server: SealedWire;
  /** Descriptors of the same ends. */
  readonly fds: readonly [client: number, server: number];
}

function secretsOf(ours: Uint8Array, theirs: Uint8Array, side: 'client' | 'server'): SessionSecrets {
  return { ours: Uint8Array.from(ours), theirs: Uint8Array.from(theirs), side };
}

function endsOf(t: Pick<Test, 'teardown'>, limits: SealLimits = SEAL_LIMITS): Ends {
  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  const [up, down] = [randomBytes(32), randomBytes(32)];
  return {
    client: new SealedWire(fds[0], secretsOf(up, down, 'client'), limits),
    server: new SealedWire(fds[1], secretsOf(down, up, 'server'), limits),
    fds,
  };
}

/** Gives octets to a wire. @returns how many it has taken */
function put(wire: SealedWire, octets: Uint8Array): number {
  const from = allocatePinned(Math.max(octets.length, 1));
  from.bytes.set(octets);
  let at = 0;
  while (at < octets.length) {
    const taken = wire.write(from, at, octets.length - at);
    if (taken < 0) break;
    at += taken;
  }
  return at;
}

function send(wire: SealedWire, octets: Uint8Array): void {
  if (put(wire, octets) !== octets.length || !wire.flush()) throw new Error('it does not take them');
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

t.test('octets come out as they went in, in whatever portions', async (t) => {
  const { client, server } = endsOf(t);
  const portions = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3 * ENVELOPE_BYTES_MAX }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(portions, portions, (up, down) => {
      for (const each of up) send(client, each);
      const came = take(server);
      if (digest(came.octets) !== digest(Buffer.concat(up)) || came.end !== WireEnd.wouldBlock) return false;
      // Nobody has spoken to the server yet.
      if (up.length === 0) return true;
      for (const each of down) send(server, each);
      return digest(take(client).octets) === digest(Buffer.concat(down));
    }),
    { numRuns: 100 },
  );
});

t.test('what is put before a flush goes in one envelope, and nobody can read it', async (t) => {
  const { client, fds } = endsOf(t);
  put(client, Buffer.from('one frame'));
  put(client, Buffer.from('and another'));
  t.equal(client.wantsRoom, true);
  t.ok(client.flush());
  t.equal(client.wantsRoom, false);
  const octets = intercept(fds[1]);
  t.equal(octets.length, 'one frameand another'.length + OVERHEAD);
  t.equal(octets.readUInt16LE(0), 20);
  t.notOk(octets.includes('frame'));
});

t.test('the server is silent until the client has spoken', async (t) => {
  const { client, server } = endsOf(t);
  put(server, Buffer.from('hello'));
  t.ok(server.flush());
  t.equal(server.wantsRoom, false, 'no poll is to wake it for that');
  t.same(take(client), { octets: Buffer.alloc(0), end: WireEnd.wouldBlock });
  send(client, Buffer.from('hello'));
  t.equal(String(take(server).octets), 'hello');
  t.equal(server.wantsRoom, true);
  t.ok(server.flush());
  t.equal(String(take(client).octets), 'hello');
});

t.test('who has not opened what came does not let the server speak', async (t) => {
  const { server, client, fds } = endsOf(t);
  put(server, Buffer.from('hello'));
  writeSync(fds[0], randomBytes(40));
  server.read(INTO, 0, ROOM);
  server.flush();
  t.equal(take(client).octets.length, 0);
});

t.test('each octet that is changed is found, and nothing of its envelope comes out', async (t) => {
  const text = Buffer.from('a lease at 10.0.0.1');
  for (let at = 0; at < text.length + OVERHEAD; at++) {
    for (const bit of [1, 128]) {
      const { client, server, fds } = endsOf(t);
      send(client, text);
      const octets = intercept(fds[1]);
      octets[at]! ^= bit;
      writeSync(fds[0], octets);
      const { octets: came, end } = take(server);
      t.equal(came.length, 0);
      // A length that grows waits for octets that do not come.
      const isLonger = at < 2 && octets.readUInt16LE(0) > text.length && octets.readUInt16LE(0) <= ROOM;
      t.equal(end, isLonger ? WireEnd.wouldBlock : WireEnd.fault, `octet ${at}, bit ${bit}`);
    }
  }
});

t.test(
  'envelopes that are cut, left out, repeated, turned around or sent back are no envelopes',
  async (t) => {
    const texts = ['one', 'two', 'three'].map((text) => Buffer.from(text));
    const rows: [string, (envelopes: Buffer[], server: Buffer) => Buffer[], string, number][] = [
      ['as they were', (all) => all, 'onetwothree', WireEnd.wouldBlock],
      ['cut', ([first]) => [first!.subarray(0, -1)], '', WireEnd.wouldBlock],
      ['the first left out', ([, ...rest]) => rest, '', WireEnd.fault],
      ['the second left out', ([first, , third]) => [first!, third!], 'one', WireEnd.fault],
      ['turned around', ([first, second]) => [second!, first!], '', WireEnd.fault],
      ['the first again', ([first]) => [first!, first!], 'one', WireEnd.fault],
      ['the first again, later', ([first, second]) => [first!, second!, first!], 'onetwo', WireEnd.fault],
      ['sent back', (_, server) => [server], '', WireEnd.fault],
      ['of no octets', () => [Buffer.alloc(OVERHEAD)], '', WireEnd.fault],
      ['too long', () => [Buffer.from([1, 64])], '', WireEnd.fault],
      ['as long as can be said', () => [Buffer.from([255, 255])], '', WireEnd.fault],
      ['a record of TLS', () => [Buffer.from([23, 3, 3, 0, 19, ...randomBytes(19)])], '', WireEnd.wouldBlock],
      ['HTTP', () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')], '', WireEnd.fault],
    ];
    for (const [what, change, expected, end] of rows) {
      const { client, server, fds } = endsOf(t);
      const envelopes = texts.map((text) => {
        send(client, text);
        return intercept(fds[1]);
      });
      // The server's own first envelope, as somebody sends it back to it: made by a second one with the same secrets.
      const [up, down] = [randomBytes(32), randomBytes(32)];
      const mirror = new SealedWire(fds[1], secretsOf(down, up, 'client'));
      send(mirror, Buffer.from('mine'));
      const own = intercept(fds[0]);
      const target = what === 'sent back' ? new SealedWire(fds[1], secretsOf(down, up, 'server')) : server;
      writeSync(fds[0], Buffer.concat(change(envelopes, own)));
      const came = take(target);
      t.same([String(came.octets), came.end], [expected, end], what);
      if (end === WireEnd.fault) t.match(target.fault, /an envelope (says that it holds|is not what)/);
    }
  },
);

t.test('octet by octet it is the same', async (t) => {
  const { client, server, fds } = endsOf(t);
  send(client, Buffer.from('slowly'));
  const octets = intercept(fds[1]);
  for (const octet of octets.subarray(0, -1)) {
    writeSync(fds[0], Uint8Array.of(octet));
    t.equal(server.read(INTO, 0, ROOM), WireEnd.wouldBlock);
    t.equal(server.holdsMore, false);
  }
  writeSync(fds[0], octets.subarray(-1));
  t.equal(String(take(server).octets), 'slowly');
});

t.test('what was taken from the kernel is said to be held', async (t) => {
  const { client, server } = endsOf(t);
  send(client, Buffer.from('one'));
  send(client, Buffer.from('two'));
  t.equal(server.holdsMore, false);
  t.equal(server.read(INTO, 0, ROOM), 3);
  t.same([server.holdsMore, server.mayHaveMore], [true, true]);
  t.equal(server.read(INTO, 0, ROOM), 3);
  t.same([server.holdsMore, server.mayHaveMore], [false, false]);
});

t.test('a partner that does not read stops the writer, and what waits is bounded', async (t) => {
  const { client, server } = endsOf(t);
  const octets = randomBytes(4 << 20);
  let taken = put(client, octets);
  t.ok(taken < octets.length);
  t.equal(client.wantsRoom, true);
  t.ok(client.flush(), 'it is not broken');
  t.equal(put(client, octets.subarray(taken)), 0, 'and takes no more');
  const chunks = [take(server).octets];
  while (taken < octets.length) {
    taken += put(client, octets.subarray(taken));
    client.flush();
    chunks.push(take(server).octets);
  }
  while (client.wantsRoom) {
    client.flush();
    chunks.push(take(server).octets);
  }
  t.equal(digest(Buffer.concat(chunks)), digest(octets));
});

t.test('keys change on the way, and nothing else does', async (t) => {
  const { client, server } = endsOf(t, { ...SEAL_LIMITS, envelopesPerKey: 2 });
  for (let number = 0; number < 9; number++) {
    send(client, Buffer.from(`${number}`));
    t.equal(String(take(server).octets), `${number}`);
    send(server, Buffer.from(`-${number}`));
    t.equal(String(take(client).octets), `-${number}`);
  }
});

t.test('a connection ends before a number could come again, at whichever side', async (t) => {
  const two = { ...SEAL_LIMITS, envelopesMax: 2 };
  const { client } = endsOf(t, two);
  send(client, Buffer.from('one'));
  send(client, Buffer.from('two'));
  put(client, Buffer.from('three'));
  t.equal(client.flush(), false);
  t.match(client.fault, /this server has sealed as much as its keys are good for/);

  const fds = socketPair();
  t.teardown(() => fds.forEach(closeFd));
  const [up, down] = [randomBytes(32), randomBytes(32)];
  const eager = new SealedWire(fds[0], secretsOf(up, down, 'client'));
  const strict = new SealedWire(fds[1], secretsOf(down, up, 'server'), two);
  for (const text of ['one', 'two', 'three']) send(eager, Buffer.from(text));
  t.match(take(strict), { octets: Buffer.from('onetwo'), end: WireEnd.fault });
  t.match(strict.fault, /the partner has sealed more than its keys are good for/);
});

t.test('the end of a connection comes behind all that came before it', async (t) => {
  const { client, server, fds } = endsOf(t);
  send(client, Buffer.from('last words'));
  const octets = intercept(fds[1]);
  const [from, to] = socketPair();
  t.teardown(() => closeFd(to));
  const wire = new SealedWire(to, secretsOf(randomBytes(32), randomBytes(32), 'server'));
  closeFd(from);
  t.equal(wire.read(INTO, 0, ROOM), WireEnd.closed);
  writeSync(fds[0], octets);
  t.equal(String(take(server).octets), 'last words');
});
