/** Records of DHCPv6 that no partner may send: each ends the connection, and no lease of its frame is written. */
import { writeSync } from 'node:fs';
import t, { type Test } from 'tap';
import { closeFd } from '../../../src/io/udp.ts';
import { FrameType } from '../../../src/link/frame.ts';
import { encodeHello } from '../../../src/link/hello.ts';
import { SyncKind } from '../../../src/link/sync-frames.ts';
import { address6, encodeRecord6, prefixAddress6 } from '../../peer/support/records6.ts';
import { encodeRecord } from '../../peer/support/shards.ts';
import { frame, records, rowsOf } from '../support/frames.ts';
import { LinkServer6 } from '../support/link-server.ts';
import { socketPair } from '../support/socket-pair.ts';

const ADDRESS = address6('2001:db8:1::1:1');
const PREFIX = prefixAddress6('2001:db8:8000:100::');
const NAMES = { own: 'server2', partner: 'server1' };
const HELLO = frame(FrameType.hello, encodeHello(NAMES, 6));
const ACCEPTED = frame(FrameType.answer, [0, 2, 0, 0, 0]);
const good = encodeRecord6({ address: ADDRESS });

function changed(record: Uint8Array, ...changes: readonly (readonly [at: number, octet: number])[]) {
  const bytes = Uint8Array.from(record);
  for (const [at, octet] of changes) bytes[at] = octet;
  return bytes;
}

const prefix = encodeRecord6({ address: PREFIX });
const unspecified = changed(good, ...Array.from({ length: 16 }, (_, at) => [12 + at, 0] as const));
const BAD: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['of DHCPv4', encodeRecord({ address: 0x0a000064 }), /record 2: /],
  ['of nothing', new Uint8Array(0), /record 2: the record is cut off/],
  ['of another operation', changed(good, [0, 2]), /the operation is neither/],
  ['in a state that does not exist', changed(good, [1, 5]), /no lease state/],
  ['of a type that does not exist', changed(good, [3, 3]), /no lease type/],
  ['of an address with 127 bits', changed(good, [4, 127]), /prefix length/],
  ['of a prefix of no bits', changed(prefix, [4, 0]), /prefix length/],
  ['of a prefix of 129 bits', changed(prefix, [4, 129]), /prefix length/],
  ['of a prefix with host bits', changed(prefix, [27, 1]), /host bits/],
  ['of nobody', changed(good, [5, 0]), /do not add up/],
  ['of a longer DUID than there is', changed(good, [5, 255]), /do not add up/],
  ['of ::', unspecified, /the address is ::/],
  ['with a type of no hardware address', changed(good, [10, 1]), /no hardware address/],
];

/** A server that says hello, and what it then gets. */
function meet(t: Test): { server: LinkServer6; give: (...octets: Uint8Array[]) => string | null } {
  const server = new LinkServer6(t, 'server1');
  const [ours, theirs] = socketPair();
  t.teardown(() => [ours, theirs].forEach(closeFd));
  server.open(ours);
  const give = (...octets: Uint8Array[]): string | null => {
    for (const part of octets) {
      writeSync(theirs, part);
      server.turn();
      server.turn();
    }
    return server.heard('down')[0]?.reason ?? null;
  };
  give(HELLO);
  return { server, give };
}

t.test('a record that is none ends the connection, and a good one before it is not written', async (t) => {
  for (const [name, record, reason] of BAD) {
    const { server, give } = meet(t);
    t.match(give(records(1, good, record)), reason, name);
    t.equal(server.leases().size, 0, name);
  }
});

t.test('the same of the rows of a synchronization', async (t) => {
  for (const [name, record, reason] of BAD) {
    const { server, give } = meet(t);
    server.synchronize(SyncKind.fetch);
    server.turn();
    t.equal(give(ACCEPTED), null, name);
    t.match(give(rowsOf(1, good, record)), new RegExp(reason.source.replace('record', 'r.*')), name);
    t.equal(server.leases().size, 0, name);
  }
});

t.test('a record that is cut anywhere is none', async (t) => {
  for (let length = 0; length < good.length; length += 6) {
    const { server, give } = meet(t);
    t.match(give(records(1, good.subarray(0, length))), /cut off|do not add up/, `${length}`);
    t.equal(server.leases().size, 0);
  }
});

t.test('octets may come one at a time', async (t) => {
  const { server, give } = meet(t);
  const whole = Buffer.concat([records(1, good, prefix), frame(FrameType.last, [])]);
  t.equal(give(...Array.from(whole, (octet) => Uint8Array.of(octet))), null);
  t.same([...server.leases().keys()].sort(), [ADDRESS, PREFIX].sort());
});

t.test('a hello of DHCPv4 is refused', async (t) => {
  const server = new LinkServer6(t, 'server1');
  const [ours, theirs] = socketPair();
  t.teardown(() => [ours, theirs].forEach(closeFd));
  server.open(ours);
  server.turn();
  writeSync(theirs, frame(FrameType.hello, encodeHello(NAMES, 4)));
  server.turn();
  server.turn();
  t.match(server.heard('down')[0]?.reason, /the hello is for DHCPv4, not DHCPv6/);
});
