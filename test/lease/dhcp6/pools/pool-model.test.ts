/** Pools of any shape and place agree with plain sets, whatever is done to them. */
import fc from 'fast-check';
import t from 'tap';
import { allocateLeaseTable6 } from '../../../../src/lease/dhcp6/layout.ts';
import { allocatePools6 } from '../../../../src/lease/dhcp6/pools/memory.ts';
import { type PoolPlan6, unitSize, unitsOf } from '../../../../src/lease/dhcp6/pools/plan.ts';
import { PoolSet6 } from '../../../../src/lease/dhcp6/pools/pool-set.ts';
import { LeaseTable6 } from '../../../../src/lease/dhcp6/table.ts';
import { recordWith } from '../support/leases.ts';
import { numberOf, octetsOf, planOf } from '../support/pools.ts';

const NOW = 1_700_000_000;

/** Each group is a configuration; within it pools overlap, touch and lie apart. */
const GROUPS = [
  ['2001:db8::-2001:db8::ffff:ffff:ffff:ffff'],
  ['2001:db8::/112>120', '2001:db8::-2001:db8::ffff'],
  [
    '2001:db8::1-2001:db8::a',
    '2001:db8::8-2001:db8::14',
    '2001:db8::15-2001:db8::16',
    '2001:db8::-2001:db8::',
  ],
  ['2001:db8::/48>64', '2001:db8::/56>60', '2001:db8:1::/48>48'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff::/32>34'],
  ['::-::1f', '::/0>2', '8000::/1>5', '::/0>128'],
];

const operation = fc.record({
  what: fc.constantFrom('propose', 'propose', 'take', 'free', 'any'),
  pool: fc.nat(9),
  /** Of the pool, from its beginning or its end. */
  unit: fc.integer({ min: -20, max: 20 }),
  /** Off the place of the unit. */
  off: fc.constantFrom(0n, 0n, 0n, 1n, -1n),
});
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

class Rig {
  readonly table = new LeaseTable6(allocateLeaseTable6(2000));
  readonly taken = new Set<bigint>();
  readonly #plan: PoolPlan6;
  readonly #kept: ReadonlySet<bigint>;
  readonly #pools: PoolSet6;
  readonly #out = new Uint8Array(16);

  constructor(plan: PoolPlan6, kept: ReadonlySet<bigint>) {
    this.#plan = plan;
    this.#kept = kept;
    this.#pools = new PoolSet6(allocatePools6(plan, [...kept].map(octetsOf)));
  }

  /** @returns what went wrong, or '' */
  run({ what, pool, unit, off }: Operation): string {
    const number = pool % this.#plan.pools.length;
    const { first, last, unitLength } = this.#plan.pools[number]!;
    const distance = BigInt(Math.abs(unit)) * unitSize(unitLength);
    const address = ((unit < 0 ? last - distance : first + distance) + off) & ((1n << 128n) - 1n) || 1n;
    if (what === 'propose') return this.#propose(number);
    if (what === 'take') return this.#take(address);
    if (what === 'free') return this.#free(address);
    const isIn = address >= first && address <= last && (address - first) % unitSize(unitLength) === 0n;
    return this.#pools.has(number, octetsOf(address), 0) === isIn ? '' : `has ${address}`;
  }

  #propose(pool: number): string {
    const isFound = this.#pools.propose(pool, this.table, NOW, this.#out);
    const isLeft = this.#hasFree(pool);
    if (isFound !== isLeft) return `pool ${pool}: found ${isFound}, left ${isLeft}`;
    if (this.#pools.isExhausted(pool) && isLeft) return `pool ${pool} is not exhausted`;
    if (!isFound) return '';
    const address = numberOf(this.#out);
    if (!this.#pools.has(pool, this.#out, 0)) return `pool ${pool} has no ${address}`;
    if (this.taken.has(address) || this.#kept.has(address) || address === 0n) return `${address} is not free`;
    return this.#take(address);
  }

  #hasFree(pool: number): boolean {
    const { first, unitLength } = this.#plan.pools[pool]!;
    const units = unitsOf(this.#plan.pools[pool]!);
    for (let unit = 0n; unit < units; unit++) {
      const address = first + unit * unitSize(unitLength);
      if (!this.taken.has(address) && !this.#kept.has(address) && address !== 0n) return true;
    }
    return false;
  }

  #take(address: bigint): string {
    if (this.taken.has(address)) return '';
    this.taken.add(address);
    const bytes = octetsOf(address);
    const slot = this.table.insert(bytes, 0);
    this.table.setClient(slot, recordWith({ address: bytes }));
    this.table.rows.setTimes(slot, NOW, 1800, 3600);
    this.#pools.hold(bytes, 0);
    return '';
  }

  #free(address: bigint): string {
    if (!this.taken.delete(address)) return '';
    const bytes = octetsOf(address);
    this.table.remove(this.table.findByAddress(bytes, 0));
    this.#pools.release(bytes, 0);
    return '';
  }
}

for (const group of GROUPS)
  for (const order of ['iterative', 'random', 'flq'] as const)
    t.test(`${group.join(' ')} ${order}`, async () => {
      const plan = planOf(group, order);
      const kept = fc.array(fc.tuple(fc.nat(9), fc.bigInt(0n, 30n)), { maxLength: 5 });
      fc.assert(
        fc.property(kept, fc.array(operation, { maxLength: 60 }), (list, operations) => {
          const rig = new Rig(
            plan,
            new Set(list.map(([pool, off]) => plan.pools[pool % plan.pools.length]!.first + off)),
          );
          for (const each of operations) {
            const wrong = rig.run(each);
            if (wrong !== '') throw new Error(wrong);
          }
        }),
        { seed: 3, numRuns: 60 },
      );
    });
