import { randomFillSync } from 'node:crypto';
import t from 'tap';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';
import { LeaseTable } from '../../src/lease/dhcp4/table.ts';
import { hashAddress, hashBytes } from '../../src/lease/hash-chain.ts';

const PLACES = 255;

function newWords(): Int32Array {
  return randomFillSync(new Int32Array(PLACES * 256));
}

/** The most that one of `buckets` gets. */
function fullest(hashes: Iterable<number>, buckets: number): number {
  const counts = new Uint32Array(buckets);
  for (const hash of hashes) counts[hash & (buckets - 1)]! += 1;
  return Math.max(...counts);
}

t.test('identifiers that differ in anything are spread evenly', async (t) => {
  const words = newWords();
  const hashes = Array.from({ length: 65_536 }, (_, i) =>
    hashBytes(words, Uint8Array.of(2, 0, 0, 0, i >>> 8, i & 255), 0, 6),
  );
  t.ok(fullest(hashes, 65_536) <= 12, 'counting up');
  const lengths = Array.from({ length: 256 }, (_, length) =>
    hashBytes(words, new Uint8Array(255), 0, length),
  );
  t.equal(new Set(lengths).size, 256, 'zeros of every length');
});

/** Identifiers whose MurmurHash3 (x86-32) is the same for every seed: a pair of blocks that cancel, eight times over. */
function murmurCollisions(): Uint8Array[] {
  const inverse = (odd: number): number => {
    let x = odd;
    for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
    return x;
  };
  const unmix = (mixed: number): number => {
    const k = Math.imul(mixed, inverse(0x1b873593));
    return Math.imul((k >>> 15) | (k << 17), inverse(0xcc9e2d51)) >>> 0;
  };
  const pair = (flip: number): number[] => [unmix(flip * 0x00040000), unmix(flip * 0x80000000)];
  return Array.from({ length: 256 }, (_, choice) => {
    const key = Buffer.alloc(64);
    for (let i = 0; i < 8; i++)
      pair((choice >> i) & 1).forEach((block, at) => {
        key.writeUInt32LE(block, i * 8 + at * 4);
      });
    return key;
  });
}

t.test('nobody can choose identifiers that share a chain', async (t) => {
  const words = newWords();
  const hashes = murmurCollisions().map((key) => hashBytes(words, key, 0, key.length));
  t.ok(new Set(hashes).size > 250);
});

t.test('each table has words of its own', async (t) => {
  const memories = [allocateLeaseTable(1), allocateLeaseTable(1)];
  const [a, b] = memories.map(({ hashing }) => Buffer.from(new Uint8Array(hashing)));
  t.notOk(a!.equals(b!));
  t.ok(a!.some((octet) => octet !== 0));
});

t.test('the addresses of a network are spread evenly, also above 128.0.0.0', async (t) => {
  const words = newWords();
  for (const first of [0x0a000000, 0xc0a80000, 0xdf000000, 0xffff0000]) {
    const hashes = Array.from({ length: 65_536 }, (_, i) => hashAddress(words, first + i));
    t.ok(fullest(hashes, 65_536) <= 12);
  }
});

const ROWS = 50_000;
const HW = { bytes: Uint8Array.of(2, 0, 0, 0, 0, 1), offset: 0, length: 6 };
const NOTHING = { bytes: new Uint8Array(0), offset: 0, length: 0 };

/** A table with 50,000 rows of one hardware address; their slots, oldest first. */
function tableOfOneHw(): { table: LeaseTable; slots: number[] } {
  const table = new LeaseTable(allocateLeaseTable(ROWS));
  const slots = Array.from({ length: ROWS }, (_, address) => {
    const slot = table.insert(address + 1);
    table.setClient(slot, 1, HW, NOTHING, NOTHING, NOTHING);
    return slot;
  });
  return { table, slots };
}

function countRows(table: LeaseTable): number {
  let count = 0;
  for (
    let slot = table.findByHw(HW.bytes, 0, 6, 0);
    slot >= 0;
    slot = table.findByHw(HW.bytes, 0, 6, 0, slot)
  )
    count++;
  return count;
}

t.test('of many rows with one hardware address any may go, and the others stay', async (t) => {
  const { table, slots } = tableOfOneHw();
  t.equal(countRows(table), ROWS);
  for (const slot of slots.slice(0, ROWS - 10)) table.remove(slot);
  t.equal(countRows(table), 10);
  for (const slot of [slots[ROWS - 1]!, slots[ROWS - 5]!, slots[ROWS - 10]!]) table.remove(slot);
  t.equal(countRows(table), 7);
});

t.test('the oldest of many rows with one hardware address goes as fast as the newest', async (t) => {
  const cpuMs = (order: (slots: number[]) => number[]): number => {
    const { table, slots } = tableOfOneHw();
    const before = process.cpuUsage();
    for (const slot of order(slots)) table.remove(slot);
    return process.cpuUsage(before).user / 1000;
  };
  const newestFirst = cpuMs((slots) => slots.reverse());
  const oldestFirst = cpuMs((slots) => slots);
  // Walking to the end of the chain for each of them takes a thousand million steps, some seconds.
  t.ok(oldestFirst < newestFirst * 10 + 200, `${oldestFirst} ms against ${newestFirst} ms`);
});
