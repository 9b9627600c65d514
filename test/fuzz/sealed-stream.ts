/**
 * What comes by a lease stream that was opened over TLS: octets in the place of envelopes. Whatever they are, nothing comes
 * out of them but what the partner has sealed, from its beginning and in its order.
 */
import { writeSync } from 'node:fs';
import { allocatePinned } from '../../src/io/pinned.ts';
import type { TlsSide } from '../../src/io/session-secrets.ts';
import { closeFd } from '../../src/io/udp.ts';
import { ENVELOPE_BYTES_MAX } from '../../src/link/limits.ts';
import { SealedWire } from '../../src/link/sealed-wire.ts';
import { WireEnd } from '../../src/link/wire.ts';
import { intercept, take } from '../link/support/sealed-octets.ts';
import { socketPair } from '../link/support/socket-pair.ts';
import type { Chance, Target } from './fuzzer.ts';

const UP = new Uint8Array(32).fill(1);
const DOWN = new Uint8Array(32).fill(2);
const SEALED = ['hello', 'a', 'record'.repeat(30), 'acknowledgement', 'farewell'].map((text) =>
  Buffer.from(text),
);
const ALL = Buffer.concat(SEALED);

function wireAt(fd: number, side: TlsSide): SealedWire {
  const [ours, theirs] = side === 'client' ? [UP, DOWN] : [DOWN, UP];
  return new SealedWire(fd, { ours, theirs, side });
}

/** What goes by the connection, an envelope each. */
function envelopes(): Buffer[] {
  const [client, far] = socketPair();
  const wire = wireAt(client, 'client');
  const from = allocatePinned(ENVELOPE_BYTES_MAX);
  const sealed = SEALED.map((octets) => {
    from.bytes.set(octets);
    wire.write(from, 0, octets.length);
    wire.flush();
    return intercept(far);
  });
  for (const fd of [client, far]) closeFd(fd);
  return sealed;
}

/** A conversation with one fault of somebody on the way. */
function meddled(all: readonly Buffer[], chance: Chance): Buffer[] {
  const pieces = [...all];
  const at = chance(pieces.length);
  const piece = pieces[at]!;
  switch (chance(6)) {
    case 0:
      pieces.splice(at, 1);
      break;
    case 1:
      pieces.splice(at, 0, piece);
      break;
    case 2:
      pieces.push(pieces.splice(at, 1)[0]!);
      break;
    case 3:
      pieces[at] = piece.subarray(0, chance(piece.length));
      break;
    case 4:
      pieces[at] = Buffer.from(piece);
      pieces[at]![chance(piece.length)]! ^= 1 << chance(8);
      break;
    default:
      pieces.splice(at, 0, Buffer.from(Array.from({ length: 1 + chance(40) }, () => chance(256))));
  }
  return pieces;
}

/** @returns octets that came out, and the end of it in words */
function receive(input: Uint8Array): { readonly octets: Buffer; readonly end: string } {
  const [near, far] = socketPair();
  try {
    writeSync(far, input);
    const wire = wireAt(near, 'server');
    const { octets, end } = take(wire);
    const how = end === WireEnd.fault ? wire.fault.replace(/\d+/g, '_') : 'waits for more';
    return { octets, end: `${octets.length} octets, ${how}` };
  } finally {
    for (const fd of [near, far]) closeFd(fd);
  }
}

export function sealedStream(): Target {
  const all = envelopes();
  return {
    name: 'sealed-stream',
    outcomesMin: 10,
    seeds: [Buffer.concat(all), ...all].map((octets) => Uint8Array.from(octets)),
    generate: (chance) => Uint8Array.from(Buffer.concat(meddled(all, chance))),
    run: (input) => {
      const { octets, end } = receive(input);
      if (!octets.equals(ALL.subarray(0, octets.length)))
        throw new Error('octets came out that nobody sealed');
      return end;
    },
    close: () => {},
  };
}
