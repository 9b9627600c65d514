/**
 * What comes by a lease stream, from behind its HTTP upgrade. Whatever it is, the connection goes on or ends with a reason,
 * every reply that waits for the partner gets one verdict, and the next connection is served.
 */
import { writeSync } from 'node:fs';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { closeFd } from '../../src/io/udp.ts';
import { FrameType } from '../../src/link/frame.ts';
import { encodeBye, encodeHello } from '../../src/link/hello.ts';
import { ack, frame, records, refusal, rowsOf, u32 } from '../link/support/frames.ts';
import { LinkServer } from '../link/support/link-server.ts';
import { socketPair } from '../link/support/socket-pair.ts';
import { encodeRecord } from '../peer/support/shards.ts';
import type { Chance, Target } from './fuzzer.ts';

const BASE = parseIpv4('10.0.0.100')!;
const ELSEWHERE = parseIpv4('10.9.0.1')!;
/** Of this server, on their way when the input comes. */
const ON_THEIR_WAY = 3;
const TURNS = 3;

const HELLO = frame(FrameType.hello, encodeHello({ own: 'server2', partner: 'server1' }, 4));
const BYE = frame(FrameType.bye, encodeBye(1, 'good night'));
const LAST = frame(FrameType.last, []);
const SYNC = frame(FrameType.sync, [2]);
const ACCEPTED = frame(FrameType.answer, [0, 2, 0, 0, 0]);
const end = (rows: number) => frame(FrameType.end, u32(rows));
const lease = (host: number) => encodeRecord({ address: BASE + host });

const SEEDS = [
  [HELLO, records(1, lease(0), lease(1)), BYE],
  [HELLO, records(1, lease(0)), records(2, lease(0)), ack(1), ack(3)],
  [HELLO, ack(2, refusal(1), refusal(2, 1, 'no room')), ack(3)],
  [HELLO, records(1, encodeRecord({ address: ELSEWHERE })), LAST],
  [HELLO, records(1, encodeRecord({ address: BASE, isUpdate: false })), LAST, BYE],
  [HELLO, records(1, encodeRecord({ address: BASE, anonymous: true, state: 1 }))],
  [HELLO, LAST, records(1, lease(0))],
  [HELLO, SYNC],
  [HELLO, SYNC, end(0)],
  [HELLO, SYNC, SYNC],
  [HELLO, ACCEPTED],
  [HELLO, rowsOf(1, lease(0))],
  [HELLO, end(1)],
].map((frames) => Uint8Array.from(Buffer.concat(frames)));

/** A conversation in which most is right. */
function generate(chance: Chance): Uint8Array {
  let next = 1;
  const some = (): Uint8Array => {
    if (chance(6) === 0)
      return [SYNC, ACCEPTED, end(chance(3)), rowsOf(1 + chance(2), lease(chance(6)))][chance(4)]!;
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
        return chance(6) === 0 ? HELLO : new Uint8Array(0);
      default: {
        const bodies = Array.from({ length: 1 + chance(3) }, () =>
          encodeRecord({
            address: chance(9) === 0 ? ELSEWHERE : BASE + chance(6),
            isUpdate: chance(4) > 0,
            state: chance(3),
          }),
        );
        next = first + bodies.length;
        return records(first, ...bodies);
      }
    }
  };
  const frames = Array.from({ length: chance(6) }, some);
  return Uint8Array.from(Buffer.concat([HELLO, ...frames]));
}

export function leaseStream(): Target {
  const teardowns: (() => void)[] = [];
  const server = new LinkServer({ teardown: (done: () => void) => void teardowns.push(done) }, 'server1');
  const awaited: number[] = [];
  return {
    name: 'lease-stream',
    outcomesMin: 25,
    seeds: SEEDS,
    generate,
    run: (input) => {
      const [ours, theirs] = socketPair();
      const outcome = meet(server, awaited, ours, theirs, input);
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
  server: LinkServer,
  awaited: number[],
  ours: number,
  theirs: number,
  input: Uint8Array,
): string {
  server.open(ours);
  const isMet = input.length > HELLO.length && Buffer.compare(input.subarray(0, HELLO.length), HELLO) === 0;
  const head = isMet ? HELLO.length : 0;
  if (isMet) {
    writeSync(theirs, input.subarray(0, head));
    server.turn();
    server.turn();
    server.lend();
    for (let i = 0; i < ON_THEIR_WAY; i++) awaited.push(server.write([{ address: BASE + 50 + i }]));
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
