/**
 * The lease stream with somebody hostile at its other end: over TCP, through the peer port, from the upgrade on. Whatever he
 * does, his connection ends with a reason, no lease is changed by what is wrong, and the next one who is well is served.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turnOfNode } from 'node:timers/promises';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { Verdict } from '../../src/engine/parked/verdicts.ts';
import type { StreamSocket } from '../../src/io/stream-socket.ts';
import {
  ACKNOWLEDGE_TIMEOUT_MS,
  FRAME_BYTES_MAX,
  HELLO_TIMEOUT_MS,
  WINDOW_BYTES,
  WINDOW_RECORDS,
} from '../../src/link/limits.ts';
import { createPeerListener } from '../../src/peer/listener.ts';
import { recordLog } from '../peer/support/log.ts';
import { openSocket } from '../peer/support/raw-http.ts';
import { relationshipOf } from '../peer/support/relationship.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import { collectGarbage } from '../support/heap.ts';
import { LinkServer } from './support/link-server.ts';

const BASE = parseIpv4('10.0.0.100')!;
const UPGRADE =
  'GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: tandem-lease-stream/3\r\nTandem-Server: server2\r\n\r\n';
const [HELLO, RECORDS, ACK, BYE] = [1, 2, 3, 4];
const PATIENCE_MS = 20_000;

const u16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
const u32 = (value: number): number[] => [...u16(value), ...u16(value >>> 16)];
const text = (value: string): number[] => [...u16(Buffer.byteLength(value)), ...Buffer.from(value)];

function frame(type: number, body: Iterable<number>, length?: number, zeros = [0, 0, 0]): Buffer {
  const octets = Buffer.from([...body]);
  return Buffer.concat([Buffer.from([...u32(length ?? octets.length + 4), type, ...zeros]), octets]);
}

function hello(
  changes: {
    magic?: string;
    version?: number;
    family?: number;
    window?: number;
    own?: string;
    partner?: string;
  } = {},
) {
  const {
    magic = 'TLSTREAM',
    version = 3,
    family = 4,
    window = 1024,
    own = 'server2',
    partner = 'server1',
  } = changes;
  return frame(HELLO, [
    ...Buffer.from(magic),
    ...u16(version),
    ...u16(family),
    ...u32(window),
    ...text(own),
    ...text(partner),
  ]);
}

function records(first: number, list: readonly Uint8Array[], count = list.length): Buffer {
  return frame(RECORDS, [
    ...u32(first),
    ...u32(count),
    ...list.flatMap((each) => [...u16(each.length), ...each]),
  ]);
}

function ack(through: number, refusals: readonly number[][] = [], count = refusals.length): Buffer {
  return frame(ACK, [...u32(through), ...u32(count), ...refusals.flat()]);
}

const lease = (host: number): Uint8Array => encodeRecord({ address: BASE + host });
const changed = (bytes: Uint8Array, at: number, octet: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = octet;
  return copy;
};

/** Who is at the other end: what he says is written by the test, what he hears is kept. */
class Stranger {
  readonly socket: Socket;
  heard = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.heard = Buffer.concat([this.heard, chunk]);
    });
    socket.resume();
  }

  /** Types of the whole frames that he was sent. */
  types(): number[] {
    const types: number[] = [];
    for (let at = 0; at + 8 <= this.heard.length; at += 4 + this.heard.readUInt32LE(at))
      types.push(this.heard[at + 4]!);
    return types;
  }
}

interface Scene {
  readonly server: LinkServer;
  /** Somebody new at the other end. @param head what he sends with the upgrade */
  readonly meet: (head?: Uint8Array) => Promise<Stranger>;
  /** Turns until something is so. @throws Error when it is not in time */
  readonly until: (what: () => boolean) => Promise<void>;
  /** The reason of each end so far. */
  readonly ends: () => string[];
}

async function sceneOf(t: Test, monotonicMs?: () => number): Promise<Scene> {
  const server = new LinkServer(t, 'server1', monotonicMs === undefined ? {} : { monotonicMs });
  const sockets = new Map<number, StreamSocket>();
  const onStream = (_name: string, socket: StreamSocket, head: Uint8Array): void =>
    void sockets.set(server.open(socket.fd, head, socket.secrets), socket);
  const listener = createPeerListener(
    relationshipOf({}),
    new Map(),
    'dhcp4',
    recordLog().log,
    null,
    onStream,
  );
  const { port } = await listener.listen();
  const strangers: Socket[] = [];
  const ends = (): string[] => server.heard('down').map(({ reason }) => reason);
  const turn = (): void => {
    server.turn();
    for (const { connection } of server.heard('down')) {
      sockets.get(connection)?.close();
      sockets.delete(connection);
    }
  };
  t.teardown(async () => {
    for (const socket of sockets.values()) socket.close();
    for (const socket of strangers) socket.destroy();
    await listener.close();
  });
  return {
    server,
    ends,
    meet: async (head = new Uint8Array(0)) => {
      const socket = await openSocket(port);
      strangers.push(socket);
      const opened = sockets.size;
      socket.write(Buffer.concat([Buffer.from(UPGRADE), head]));
      const response = await readHead(socket);
      t.equal(response, 101);
      for (const untilMs = Date.now() + PATIENCE_MS; sockets.size === opened && Date.now() < untilMs; )
        await turnOfNode();
      return new Stranger(socket);
    },
    until: async (what) => {
      for (const untilMs = Date.now() + PATIENCE_MS; !what(); await delay(0)) {
        turn();
        if (Date.now() > untilMs) throw new Error(`never so; ends: ${ends().join('; ')}`);
      }
    },
  };
}

/** Reads the answer to an upgrade, and not an octet more. @returns its status */
async function readHead(socket: Socket): Promise<number> {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) {
    const octet: Buffer | null = socket.read(1);
    if (octet === null) await once(socket, 'readable');
    else head += octet.toString('latin1');
  }
  socket.removeAllListeners('readable');
  return Number(head.split(' ')[1]);
}

/** A partner that is well is served. */
async function isWell(t: Test, { server, meet, until }: Scene, host: number): Promise<void> {
  const partner = await meet();
  const before = server.heard('up').length;
  partner.socket.write(Buffer.concat([hello(), records(1, [lease(host)])]));
  await until(() => server.lease(BASE + host) !== null && server.heard('up').length > before);
  server.makeDurable();
  await until(() => partner.types().includes(ACK!));
  t.same(partner.types(), [HELLO, ACK], 'the next one who is well is served');
  partner.socket.destroy();
}

const UNKNOWN_TYPES = [0, 6, 13, 14, 15, 127, 255];
const FIRST: [string, Buffer, RegExp][] = [
  ['noise', Buffer.from('\x16\x03\x01 this is no frame'), /octets|type|flags/],
  ['HTTP', Buffer.from('POST / HTTP/1.1\r\n\r\n'), /octets|type/],
  ['another magic', hello({ magic: 'TLSTREAK' }), /no hello/],
  ['an empty hello', frame(HELLO!, []), /no hello/],
  ['an old version', hello({ version: 2 }), /version 2, not 3/],
  ['a new version', hello({ version: 4 }), /version 4, not 3/],
  ['the other family', hello({ family: 6 }), /DHCPv6/],
  ['no window', hello({ window: 0 }), /takes only 0/],
  ['a name of somebody else', hello({ own: 'server3' }), /server3/],
  ['our own name', hello({ own: 'server1', partner: 'server2' }), /server1/],
  ['a name without end', frame(HELLO!, [...hello().subarray(8, 24), ...u16(500), 0x61]), /names/],
  ['octets behind the names', frame(HELLO!, [...hello().subarray(8), 0]), /names/],
  ['records first', records(1, [lease(1)]), /no hello/],
  ['an acknowledgement first', ack(1), /no hello/],
  ['a second hello', Buffer.concat([hello(), hello()]), /second hello/],
  ['a farewell', frame(BYE!, [1, ...text('so long')]), /so long/],
  ['a farewell that is none', frame(BYE!, [1, 9]), /cannot be read/],
  ['length 0', frame(HELLO!, [], 0), /0 octets/],
  ['length 3', frame(HELLO!, [], 3), /3 octets/],
  ['a length above the largest', frame(HELLO!, [], FRAME_BYTES_MAX + 1), /octets/],
  ['the longest length there is', frame(HELLO!, [], 0xffffffff), /4294967295 octets/],
  ['flags', frame(HELLO!, hello().subarray(8), undefined, [1, 0, 0]), /flags/],
  ['reserved octets', frame(HELLO!, hello().subarray(8), undefined, [0, 0, 1]), /flags/],
  ...UNKNOWN_TYPES.map((type): [string, Buffer, RegExp] => [`type ${type}`, frame(type, [0]), /type/]),
];

const THEN: [string, Buffer, RegExp][] = [
  ['number 0', records(0, [lease(1)]), /begin at 0, not at 1/],
  ['number 2', records(2, [lease(1)]), /begin at 2, not at 1/],
  ['the last number', records(0xffffffff, [lease(1)]), /begin at 4294967295/],
  ['the same number again', Buffer.concat([records(1, []), records(1, [lease(1)])]), /has none/],
  ['no records', records(1, []), /has none/],
  ['more than it says', records(1, [lease(1), lease(2)], 1), /do not add up/],
  ['fewer than it says', records(1, [lease(1)], 2), /cut off/],
  ['as many as there are numbers', records(1, [lease(1)], 0xffffffff), /4294967295 records/],
  [
    'more than are taken at once',
    records(1, Array(WINDOW_RECORDS + 1).fill(Uint8Array.of())),
    /taken at once/,
  ],
  ['a frame of three octets', frame(RECORDS!, [1, 0, 0]), /cut off/],
  ['a record that is cut', records(1, [lease(1), lease(2).subarray(0, 30)]), /record 2/],
  ['an empty record', records(1, [lease(1), Uint8Array.of()]), /record 2.*cut off/],
  ['a length that lies', frame(RECORDS!, [...u32(1), ...u32(1), ...u16(9_000), ...lease(1)]), /cut off/],
  ['an unknown operation', records(1, [lease(1), changed(lease(2), 0, 2)]), /record 2.*operation/],
  ['an unknown state', records(1, [lease(1), changed(lease(2), 1, 4)]), /record 2.*state/],
  ['an offer', records(1, [changed(lease(2), 1, 255)]), /state/],
  ['an unknown flag', records(1, [lease(1), changed(lease(2), 2, 128)]), /record 2.*flag/],
  ['an identifier that is too long', records(1, [lease(1), changed(lease(2), 4, 200)]), /record 2.*add up/],
  ['no address', records(1, [lease(1), encodeRecord({ address: 0 })]), /record 2.*0\.0\.0\.0/],
  [
    'a context that is none',
    records(1, [lease(1), encodeRecord({ address: BASE + 2, userContext: '{"a":' })]),
    /JSON/,
  ],
  ['nobody`s lease', records(1, [lease(1), encodeRecord({ address: BASE + 2, anonymous: true })]), /nobody/],
  ['an acknowledgement of what was never sent', ack(1), /acknowledged/],
  ['an acknowledgement of nothing', ack(0), /acknowledge/],
  ['an acknowledgement that goes back', ack(0xffffffff), /acknowledge/],
  ['an acknowledgement without refusals that it names', ack(1, [], 5), /acknowledged/],
  ['an acknowledgement that is cut', frame(ACK!, [1, 0, 0]), /cut off/],
];

for (const [what, octets, reason] of [
  ...FIRST,
  ...THEN.map(([what, octets, reason]): [string, Buffer, RegExp] => [
    `after a good hello, ${what}`,
    Buffer.concat([hello(), octets]),
    reason,
  ]),
])
  t.test(`${what}: the connection ends, and no lease is changed`, async (t) => {
    const scene = await sceneOf(t);
    const { server, meet, until, ends } = scene;
    const stranger = await meet();
    stranger.socket.write(octets);
    await until(() => ends().length > 0);
    t.match(ends()[0], reason);
    t.equal(server.book.table.count(), 0, 'no lease of the frame is taken, not even a good one in front');
    await until(() => stranger.socket.readableEnded || stranger.socket.closed);
    await isWell(t, scene, 50);
  });

t.test('a conversation that is cut anywhere changes nothing but by whole frames', async (t) => {
  const scene = await sceneOf(t);
  const { server, meet, until, ends } = scene;
  const [start, first, second] = [hello(), records(1, [lease(1)]), records(2, [lease(2), lease(3)])];
  const whole = Buffer.concat([start, first, second]);
  const cuts = [...whole.keys()].filter((at) => at % 3 === 0 || at === start.length + first.length);
  for (const [index, at] of cuts.entries()) {
    for (const host of [1, 2, 3]) {
      const slot = server.book.table.findByAddress(BASE + host);
      if (slot >= 0) server.book.remove(slot);
    }
    const stranger = await meet();
    stranger.socket.end(whole.subarray(0, at));
    await until(() => ends().length > index);
    const held = [1, 2, 3].filter((host) => server.lease(BASE + host) !== null);
    // Of a connection that has ended nothing needs to be taken any more, but a frame is taken whole or not at all.
    t.ok(
      [[], [1], [1, 2, 3]].some((possible) => possible.join() === held.join()),
      `cut at ${at}: ${held}`,
    );
    if (at < start.length + first.length) t.same(held, [], `cut at ${at}`);
  }
  await isWell(t, scene, 50);
});

t.test(
  'octet by octet it is the same conversation, also with all of it in front of the answer',
  async (t) => {
    const { server, meet, until } = await sceneOf(t);
    const whole = Buffer.concat([hello(), records(1, [lease(1)]), records(2, [lease(2), lease(3)])]);
    const slow = await meet();
    slow.socket.setNoDelay(true);
    for (const octet of whole) {
      slow.socket.write(Uint8Array.of(octet));
      server.turn();
      await turnOfNode();
    }
    await until(() => server.lease(BASE + 3) !== null);
    slow.socket.destroy();
    const eager = await meet(Buffer.concat([hello(), records(1, [lease(4)])]));
    await until(() => server.lease(BASE + 4) !== null);
    server.makeDurable();
    await until(() => eager.types().includes(ACK!));
  },
);

t.test('who says nothing, or half a hello, has a while for it', async (t) => {
  let nowMs = 0;
  const scene = await sceneOf(t, () => nowMs);
  const { meet, until, ends } = scene;
  for (const [index, octets] of [Buffer.alloc(0), hello().subarray(0, 20)].entries()) {
    const silent = await meet();
    silent.socket.write(octets);
    await until(() => silent.types().includes(HELLO!));
    nowMs += HELLO_TIMEOUT_MS + 1;
    await until(() => ends().length > index);
    t.match(ends()[index], /not said hello/);
  }
  await isWell(t, scene, 50);
});

t.test(
  'records of subnets that are not here are refused, each for itself, and the stream goes on',
  async (t) => {
    const { server, meet, until, ends } = await sceneOf(t);
    const stranger = await meet();
    const elsewhere = encodeRecord({ address: parseIpv4('192.0.2.1')! });
    stranger.socket.write(
      Buffer.concat([hello(), records(1, [elsewhere, lease(1), elsewhere]), records(4, [lease(2)])]),
    );
    await until(() => server.lease(BASE + 2) !== null);
    server.makeDurable();
    await until(() => stranger.types().includes(ACK!));
    t.equal(server.book.table.count(), 2);
    t.same(ends(), []);
  },
);

/** Octets of buffers that somebody still holds. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

t.test(
  'a partner that stops reading, and acknowledges nothing: bounded, and a failed update in the end',
  async (t) => {
    let nowMs = 0;
    const scene = await sceneOf(t, () => nowMs);
    const { server, meet, until, ends } = scene;
    const stranger = await meet();
    stranger.socket.write(hello({ window: 0xffffffff }));
    await until(() => server.heard('up').length === 1);
    stranger.socket.pause();
    server.lend();
    const numbers: number[] = [];
    const before = heldBytes();
    for (let n = 0, full = 0; full < 200; n++) {
      const number = server.write([{ address: BASE + (n % 30_000) }]);
      if (number !== 0) numbers.push(number);
      else full++;
      if (n % 64 === 0 || number === 0) server.turn();
      if (number === 0) await delay(0);
    }
    const { recordsSent } = server.figures();
    t.ok(recordsSent <= WINDOW_RECORDS, `${recordsSent} records are on their way`);
    // The log is what holds the rest; what was thrown away is given back in the background.
    await until(() => heldBytes() - before < 8 * WINDOW_BYTES);
    t.same(ends(), []);
    nowMs += ACKNOWLEDGE_TIMEOUT_MS + 1;
    await until(() => ends().length === 1);
    t.match(ends()[0], /no acknowledgement/);
    t.same(server.shards.of(0, numbers[0]!), [Verdict.rejected], 'who waited hears that it has failed');
    const [down] = server.heard('down');
    t.ok(down!.owed.length > 0 && down!.owed.length <= WINDOW_RECORDS, `${down!.owed.length} are owed`);
  },
);

t.test('acknowledgements that nobody asked for, once updates are on their way', async (t) => {
  const rows: [string, (first: number) => Buffer, RegExp][] = [
    ['of more than was sent', () => ack(3), /acknowledged/],
    ['with a refusal behind it', () => ack(1, [[...u32(2), 4, 0]]), /refuses|refused/],
    [
      'with the same refusal twice',
      () =>
        ack(2, [
          [...u32(1), 4, 0],
          [...u32(1), 4, 0],
        ]),
      /refuses|refused/,
    ],
    ['with an unknown code', () => ack(1, [[...u32(1), 9, 0]]), /code 9/],
    ['with a text that is cut', () => ack(1, [[...u32(1), 4, 50, 0x61]]), /add up|fewer/],
    [
      'with more refusals than records',
      () =>
        ack(1, [
          [...u32(1), 4, 0],
          [...u32(2), 4, 0],
        ]),
      /refused/,
    ],
    ['twice', () => Buffer.concat([ack(1), ack(1)]), /comes after/],
    ['back', () => Buffer.concat([ack(2), ack(1)]), /comes after/],
  ];
  for (const [what, answer, reason] of rows) {
    const scene = await sceneOf(t);
    const { server, meet, until, ends } = scene;
    const stranger = await meet();
    stranger.socket.write(hello());
    await until(() => server.heard('up').length === 1);
    server.lend();
    const numbers = [server.write([{ address: BASE + 1 }]), server.write([{ address: BASE + 2 }])];
    await until(() => server.figures().recordsSent === 2 && stranger.types().includes(RECORDS!));
    stranger.socket.write(answer(1));
    await until(() => ends().length === 1);
    t.match(ends()[0], reason, what);
    await until(() => server.shards.of(0, numbers[1]!).length > 0);
    for (const number of numbers) t.equal(server.shards.of(0, number).length, 1, `${what}: one verdict each`);
  }
});

t.test('a newer connection takes the place of the older one', async (t) => {
  const { server, meet, until, ends } = await sceneOf(t);
  const first = await meet();
  first.socket.write(hello());
  await until(() => server.heard('up').length === 1);
  const second = await meet();
  second.socket.write(Buffer.concat([hello(), records(1, [lease(1)])]));
  await until(() => ends().length === 1 && server.lease(BASE + 1) !== null);
  first.socket.write(records(1, [lease(2)]));
  await until(() => first.socket.closed || first.socket.readableEnded);
  t.equal(server.lease(BASE + 2), null);
  t.equal(ends().length, 1, 'the newer one lives');
});

t.test('a conversation with octets changed by chance: it goes on or ends with a reason', async (t) => {
  const scene = await sceneOf(t);
  const { server, meet, until, ends } = scene;
  const good = Buffer.concat([hello(), records(1, [lease(1), lease(2)]), ack(0), records(3, [lease(3)])]);
  const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.nat(good.length),
      async (changes, end) => {
        const octets = Buffer.from(good);
        for (const [at, octet] of changes) octets[at] = octet;
        const before = ends().length;
        const stranger = await meet();
        stranger.socket.end(octets.subarray(0, end));
        await until(() => ends().length > before);
        return ends().every((reason) => reason !== '');
      },
    ),
    { seed: 1, numRuns: 150, endOnFailure: true },
  );
  for (let slot = 0; slot < server.book.table.highWater(); slot++) {
    const address = server.book.table.rows.address(slot);
    if (
      address !== 0 &&
      (address & 0xffff0000) !== (BASE & 0xffff0000) &&
      (address & 0xffff0000) !== ((BASE + 0x10000) & 0xffff0000)
    )
      t.fail(`a lease outside of the subnets: ${address}`);
  }
  await isWell(t, scene, 50);
});
