/** What a partner must not do: each ends the connection with a reason, and no lease is changed by the frame. */
import assert from 'node:assert/strict';
import { writeSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import { AckReader } from '../../src/link/ack.ts';
import { Frame, FrameReader } from '../../src/link/frame.ts';
import { encodeBye, encodeHello, readHello } from '../../src/link/hello.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import { ack, frame, records, refusal, rowsOf, u16, u32 } from './support/frames.ts';
import { LinkServer } from './support/link-server.ts';
import { socketPair } from './support/socket-pair.ts';

const BASE = parseIpv4('10.0.0.100')!;
const NAMES = { own: 'server1', partner: 'server2' };
/** What the other server says of itself. */
const HELLO = encodeHello({ own: 'server2', partner: 'server1' }, 4);

const lease = (address: number) => encodeRecord({ address });

/** A server that gets these octets. @returns why it ended the connection, null = it did not */
function give(t: Test, ...octets: Uint8Array[]): { server: LinkServer; reason: string | null } {
  const server = new LinkServer(t, 'server1');
  const [ours, theirs] = socketPair();
  const open = new Set([ours, theirs]);
  t.teardown(() => open.forEach(closeFd));
  server.open(ours);
  server.turn();
  server.lend();
  for (const part of octets) {
    writeSync(theirs, part);
    server.turn();
    server.turn();
  }
  return { server, reason: server.heard('down')[0]?.reason ?? null };
}

const bad = lease(BASE);
bad[0] = 9;
const cut = lease(BASE).subarray(0, 20);

const FAULTS: readonly (readonly [string, readonly Uint8Array[], RegExp])[] = [
  ['a length of zero', [frame(1, HELLO, 0)], /a frame says that it has 0 octets/],
  ['a length above the bound', [frame(1, HELLO, (1 << 20) + 1)], /a frame says that it has 1048577 octets/],
  ['an unknown type', [frame(7, [])], /type 7, which does not exist/],
  ['a flag', [Uint8Array.from([...u32(4), 1, 1, 0, 0])], /flags that do not exist/],
  ['something before the hello', [records(1, lease(BASE))], /the first frame is no hello/],
  ['HTTP', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], /a frame says that it has/],
  ['a hello of nothing', [frame(1, [])], /no hello of a lease stream/],
  ['a second hello', [frame(1, HELLO), frame(1, HELLO)], /a second hello/],
  ['records that begin elsewhere', [frame(1, HELLO), records(2, lease(BASE))], /begin at 2, not at 1/],
  [
    'a number twice',
    [frame(1, HELLO), records(1, lease(BASE)), records(1, lease(BASE + 1))],
    /begin at 1, not at 2/,
  ],
  ['no records', [frame(1, HELLO), records(1)], /has none/],
  [
    'a bad record behind a good one',
    [frame(1, HELLO), records(1, lease(BASE), bad)],
    /record 2: the operation/,
  ],
  [
    'a record that is cut off',
    [frame(1, HELLO), records(1, lease(BASE), cut)],
    /record 2: the record is cut off/,
  ],
  [
    'a count that lies',
    [frame(1, HELLO), frame(2, [...u32(1), ...u32(2), ...u16(4), 1, 2, 3, 4])],
    /record 1: the record is cut off/,
  ],
  [
    'too many records',
    [frame(1, HELLO), frame(2, [...u32(1), ...u32(20_000)])],
    /20000 records come while 0 are on their way/,
  ],
  ['an acknowledgement of nothing', [frame(1, HELLO), ack(1)], /1 is acknowledged, 0 was the last/],
  ['an acknowledgement of zero', [frame(1, HELLO), ack(0)], /comes after/],
  ['half an acknowledgement', [frame(1, HELLO), frame(3, [1, 0, 0])], /cut off/],
  [
    'records behind the last',
    [frame(1, HELLO), frame(5, []), records(1, lease(BASE))],
    /records come after the last of them/,
  ],
  ['a second last frame', [frame(1, HELLO), frame(5, []), frame(5, [])], /a second last frame/],
  ['a row nobody asked for', [frame(1, HELLO), rowsOf(1, lease(BASE))], /rows come that were not asked for/],
  ['the end of no rows', [frame(1, HELLO), frame(12, [0, 0, 0, 0])], /the end comes of rows that were not/],
  [
    'an answer to nothing',
    [frame(1, HELLO), frame(9, [0, 1, 0, 0, 0])],
    /an answer comes to what was not asked/,
  ],
  [
    'rows taken that nobody sent',
    [frame(1, HELLO), frame(11, [1, 0, 0, 0, 0, 0, 0, 0])],
    /rows are taken that/,
  ],
  [
    'a request for leases of an unknown kind',
    [frame(1, HELLO), frame(8, [3])],
    /in the way 3, which does not/,
  ],
  ['a request for leases that is too long', [frame(1, HELLO), frame(8, [2, 0])], /has 2 octets/],
  [
    'a second request for leases',
    [frame(1, HELLO), frame(8, [2]), frame(8, [2])],
    /while they are being sent/,
  ],
  ['a last frame with something in it', [frame(1, HELLO), frame(5, [0])], /a last frame has 1 octets/],
];

for (const [name, octets, reason] of FAULTS)
  t.test(`${name} ends the connection`, async (t) => {
    const { server, reason: given } = give(t, ...octets);
    t.match(given, reason);
    const isHarmless = name !== 'a number twice';
    if (isHarmless) t.equal(server.lease(BASE), null, 'no lease was written');
    t.equal(server.lease(BASE + 1), null);
  });

t.test('a farewell is no fault, and octets may come one at a time', async (t) => {
  const whole = Buffer.concat([
    frame(1, HELLO),
    records(1, lease(BASE)),
    frame(4, encodeBye(1, 'good night')),
  ]);
  const { server, reason } = give(t, ...Array.from(whole, (octet) => Uint8Array.of(octet)));
  t.equal(reason, 'the partner has ended the stream: good night');
  t.ok(server.lease(BASE));
});

t.test('an acknowledgement is judged as a whole', async (t) => {
  const reader = new AckReader();
  const judge = (bytes: Uint8Array, before = 10, last = 20) =>
    reader.open(bytes, 8, bytes.length - 8, before, last);
  t.equal(judge(ack(15, refusal(11), refusal(15, 1))), null);
  t.ok(reader.next() && reader.number === 11 && reader.code === 4 && reader.reason === 'no');
  t.ok(reader.next() && reader.number === 15 && reader.code === 1);
  t.notOk(reader.next());
  t.match(judge(ack(10)), /comes after/);
  t.match(judge(ack(21)), /20 was the last/);
  t.match(judge(ack(15, refusal(10))), /refuses 10 after 10/);
  t.match(judge(ack(15, refusal(16))), /refuses 16/);
  t.match(judge(ack(15, refusal(12), refusal(12))), /refuses 12 after 12/);
  t.match(judge(ack(15, refusal(12, 3))), /code 3/);
  t.match(judge(ack(11, refusal(11), refusal(12))), /2 of 1 records/);
  t.match(judge(ack(15, refusal(11)).subarray(0, -1)), /do not add up/);
  t.match(judge(Uint8Array.from([...ack(15, refusal(11)), 0])), /do not add up/);
  t.equal(judge(ack(2, refusal(0), refusal(1)), 0xfffffffe, 3), null, 'numbers wrap');
});

t.test('whatever comes, the reader of frames says one of three things and goes on from there', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
      const reader = new FrameReader(new Uint8Array(4096));
      for (const chunk of chunks) {
        assert(reader.makeRoom() >= chunk.length);
        reader.bytes.set(chunk, reader.end);
        reader.filled(chunk.length);
        for (;;) {
          const found = reader.next();
          if (found === Frame.fault) return assert(reader.fault !== '');
          if (found === Frame.none) break;
          assert(reader.at + reader.length <= reader.bytes.length);
        }
      }
    }),
    { seed: 5, numRuns: 500 },
  );
});

t.test('a hello with anything changed is refused, and no other octet is looked at', async () => {
  const good = readHello(HELLO, 0, HELLO.length, NAMES, 4);
  assert.deepEqual(good, { ok: true, window: 16_384 });
  fc.assert(
    fc.property(fc.nat(HELLO.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const hello = Uint8Array.from(HELLO);
      hello[at]! ^= change;
      const isWindow = at >= 12 && at < 16;
      const read = readHello(hello, 0, hello.length, NAMES, 4);
      assert(isWindow || !read.ok);
    }),
  );
  for (let length = 0; length < HELLO.length; length++)
    assert(!readHello(HELLO, 0, length, NAMES, 4).ok, `${length} octets`);
});

t.test('octets that nobody has written change no lease and end no thread', async (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc
            .record({ type: fc.integer({ min: 0, max: 7 }), body: fc.uint8Array({ maxLength: 60 }) })
            .map(({ type, body }) => frame(type, body)),
          fc.constantFrom(frame(1, HELLO), records(1, lease(BASE)), ack(1), ack(2)),
        ),
        { maxLength: 8 },
      ),
      (octets) => {
        const scope = { teardown: (done: () => void) => void ends.push(done) };
        const ends: (() => void)[] = [];
        try {
          give(scope as unknown as Test, ...octets.filter(({ length }) => length > 0));
        } finally {
          for (const end of ends) end();
        }
      },
    ),
    { seed: 11, numRuns: 60 },
  );
  t.pass('it lives');
});
