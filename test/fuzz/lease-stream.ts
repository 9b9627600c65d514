/**
 * What comes by a lease stream, from behind its HTTP upgrade. Whatever it is, the connection goes on or ends with a reason,
 * every reply that waits for the partner gets one verdict, and the next connection is served.
 */
import { writeSync } from 'node:fs';
import type { Test } from 'tap';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import type { LeaseState } from '../../src/lease/state.ts';
import { FrameType } from '../../src/link/frame.ts';
import { encodeBye, encodeHello } from '../../src/link/hello.ts';
import type { LinkWorkplace } from '../../src/link/messages.ts';
import { ack, frame, records, refusal, rowsOf, u32 } from '../link/support/frames.ts';
import { type AnyLinkServer, LinkServer, LinkServer6 } from '../link/support/link-server.ts';
import { socketPair } from '../link/support/socket-pair.ts';
import type { TestChange } from '../peer/support/record-kit.ts';
import { address6, encodeRecord6, prefixAddress6 } from '../peer/support/records6.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import type { Chance, Target } from './fuzzer.ts';

/** Of this server, on their way when the input comes. */
const ON_THEIR_WAY = 3;
const TURNS = 3;

/** What is sent of a family. */
interface StreamKit {
  readonly name: string;
  readonly family: 4 | 6;
  createServer(owner: Owner): AnyLinkServer<TestChange, unknown, unknown, LinkWorkplace>;
  lease(host: number, more?: { isUpdate?: boolean; state?: LeaseState }): TestChange;
  encode(change: TestChange): Uint8Array;
  /** Leases that stand in the way of none, and are no lease of the subnet; one that is nobody's. */
  readonly odd: readonly Uint8Array[];
}
type Owner = Pick<Test, 'teardown'>;

const BASE4 = parseIpv4('10.0.0.100')!;
const KIT4: StreamKit = {
  name: 'lease-stream',
  family: 4,
  createServer: (owner) => new LinkServer(owner, 'server1') as never,
  lease: (host, more) => ({ address: BASE4 + host, ...more }),
  encode: encodeRecord as StreamKit['encode'],
  odd: [
    encodeRecord({ address: parseIpv4('10.9.0.1')! }),
    encodeRecord({ address: BASE4, anonymous: true, state: 1 }),
  ],
};

/** Every other one is of a prefix. */
const KIT6: StreamKit = {
  name: 'lease-stream6',
  family: 6,
  createServer: (owner) => new LinkServer6(owner, 'server1') as never,
  lease: (host, more) => ({
    address: host % 2 === 0 ? address6(`2001:db8:1::1:${host}`) : prefixAddress6(`2001:db8:8000:${host}00::`),
    ...more,
  }),
  encode: encodeRecord6 as StreamKit['encode'],
  odd: [
    encodeRecord6({ address: address6('2001:db8:9::1') }),
    encodeRecord6({ address: prefixAddress6('3fff:0:0:100::'), subnetId: 77 }),
    encodeRecord6({ address: address6('2001:db8:1::1:0'), duid: new Uint8Array(3), state: 1 }),
  ],
};

const BYE = frame(FrameType.bye, encodeBye(1, 'good night'));
const LAST = frame(FrameType.last, []);
const SYNC = frame(FrameType.sync, [2]);
const ACCEPTED = frame(FrameType.answer, [0, 2, 0, 0, 0]);
const end = (rows: number) => frame(FrameType.end, u32(rows));
const helloOf = (family: 4 | 6) =>
  frame(FrameType.hello, encodeHello({ own: 'server2', partner: 'server1' }, family));

function seedsOf({ encode, family, lease: leaseOf, odd }: StreamKit): Uint8Array[] {
  const hello = helloOf(family);
  const lease = (host: number) => encode(leaseOf(host));
  return [
    [hello, records(1, lease(0), lease(1)), BYE],
    [hello, records(1, lease(0)), records(2, lease(0)), ack(1), ack(3)],
    [hello, ack(2, refusal(1), refusal(2, 1, 'no room')), ack(3)],
    [hello, records(1, odd[0]!), LAST],
    [hello, records(1, encode(leaseOf(0, { isUpdate: false }))), LAST, BYE],
    ...odd.map((body) => [hello, records(1, body)]),
    [hello, LAST, records(1, lease(0))],
    [hello, SYNC],
    [hello, SYNC, end(0)],
    [hello, SYNC, SYNC],
    [hello, ACCEPTED],
    [hello, rowsOf(1, lease(0))],
    [hello, end(1)],
  ].map((frames) => Uint8Array.from(Buffer.concat(frames)));
}

/** A conversation in which most is right. */
function generate({ encode, family, lease, odd }: StreamKit, chance: Chance): Uint8Array {
  const hello = helloOf(family);
  let next = 1;
  const some = (): Uint8Array => {
    if (chance(6) === 0)
      return [SYNC, ACCEPTED, end(chance(3)), rowsOf(1 + chance(2), encode(lease(chance(6))))][chance(4)]!;
    const first = chance(8) === 0 ? chance(6) : next;
    switch (chance(7)) {
      case 0:
        return ack(chance(6), ...(chance(2) === 0 ? [] : [refusal(chance(5), chance(6))]));
      case 1:
        return chance(3) === 0 ? LAST : ack(1 + chance(ON_THEIR_WAY));
      case 2:
        return chance(4) === 0
          ? BYE
          : frame(
              chance(17),
              new Uint8Array(chance(20)).map(() => chance(256)),
            );
      case 3:
        return chance(6) === 0 ? hello : new Uint8Array(0);
      default: {
        const bodies = Array.from({ length: 1 + chance(3) }, () =>
          chance(9) === 0
            ? odd[chance(odd.length)]!
            : encode(lease(chance(6), { isUpdate: chance(4) > 0, state: chance(3) as LeaseState })),
        );
        next = first + bodies.length;
        return records(first, ...bodies);
      }
    }
  };
  const frames = Array.from({ length: chance(6) }, some);
  return Uint8Array.from(Buffer.concat([hello, ...frames]));
}

export function leaseStream(): Target {
  return streamOf(KIT4);
}

export function leaseStream6(): Target {
  return streamOf(KIT6);
}

function streamOf(kit: StreamKit): Target {
  const teardowns: (() => void)[] = [];
  const server = kit.createServer({ teardown: (done: () => void) => void teardowns.push(done) } as Owner);
  const awaited: number[] = [];
  return {
    name: kit.name,
    outcomesMin: 25,
    seeds: seedsOf(kit),
    generate: (chance) => generate(kit, chance),
    run: (input) => {
      const [ours, theirs] = socketPair();
      const outcome = meet(kit, server, awaited, ours, theirs, input);
      server.order({ kind: 'detach', route: 1 });
      server.turn();
      server.attach();
      server.turn();
      for (const fd of [ours, theirs]) closeFd(fd);
      server.reports.length = 0;
      for (const number of awaited.splice(0)) {
        const verdicts = server.shards.of(0, number).length;
        if (verdicts !== 1) throw new Error(`${verdicts} verdicts on one transaction`);
      }
      return outcome;
    },
    close: () => {
      for (const done of teardowns) done();
    },
  };
}

function meet(
  kit: StreamKit,
  server: ReturnType<StreamKit['createServer']>,
  awaited: number[],
  ours: number,
  theirs: number,
  input: Uint8Array,
): string {
  server.open(ours);
  const hello = helloOf(kit.family);
  const isMet = input.length > hello.length && Buffer.compare(input.subarray(0, hello.length), hello) === 0;
  const head = isMet ? hello.length : 0;
  if (isMet) {
    writeSync(theirs, input.subarray(0, head));
    server.turn();
    server.turn();
    server.lend();
    for (let i = 0; i < ON_THEIR_WAY; i++) awaited.push(server.write([kit.lease(50 + i)]));
    server.turn();
    server.turn();
  }
  writeSync(theirs, input.subarray(head));
  for (let turn = 0; turn < TURNS; turn++) {
    server.turn();
    if (turn === 0) server.answer();
    server.makeDurable();
  }
  const [down] = server.heard('down');
  if (down === undefined && isMet && server.heard('up').length === 0)
    throw new Error('it is neither up nor down');
  if (down?.reason === '') throw new Error('it ended without a reason');
  const refused = server.heard('news').length;
  return `${down === undefined ? 'goes on' : down.reason.replace(/"[^"]*"|\d+/g, '_')} ${refused} ${server.heard('last').length}`;
}
