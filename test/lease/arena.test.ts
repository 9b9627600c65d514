import fc from 'fast-check';
import t from 'tap';
import { Arena } from '../../src/lease/arena.ts';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';

const ARENA_BYTES = 1 << 22;
const newArena = (): Arena => new Arena(allocateLeaseTable(1));

t.test('blocks do not overlap, whatever is allocated and freed in between', async () => {
  const step = fc.record({
    what: fc.constantFrom('allocate', 'allocate', 'free'),
    length: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 600 }) },
      fc.constantFrom(16, 17, 65_536, 131_072),
    ),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const arena = newArena();
      const blocks: { handle: number; length: number; mark: number }[] = [];
      let mark = 0;
      for (const { what, length, pick } of steps) {
        if (what === 'allocate') {
          const handle = arena.allocate(length);
          if (handle === 0) continue;
          if (arena.offset(handle) + length > arena.bytes.length) return false;
          mark = (mark + 1) & 255;
          arena.bytes.fill(mark, arena.offset(handle), arena.offset(handle) + length);
          blocks.push({ handle, length, mark });
        } else if (blocks.length > 0) {
          const [block] = blocks.splice(pick % blocks.length, 1);
          const from = arena.offset(block!.handle);
          const bytes = Buffer.from(arena.bytes.buffer, from, block!.length);
          if (!bytes.equals(Buffer.alloc(block!.length, block!.mark))) return false;
          arena.free(block!.handle, block!.length);
        }
      }
      return true;
    }),
    { seed: 5, numRuns: 100 },
  );
});

/** Fills what is left with blocks of a length. */
function fill(arena: Arena, length: number): number[] {
  const handles: number[] = [];
  for (let handle = arena.allocate(length); handle !== 0; handle = arena.allocate(length))
    handles.push(handle);
  return handles;
}

t.test('a flood of long blocks leaves its memory to short ones', async (t) => {
  const arena = newArena();
  const long = fill(arena, 510);
  t.ok(long.length > ARENA_BYTES / 512 - 2, 'all of it');
  fill(arena, 16);
  t.equal(arena.allocate(16), 0, 'nothing is left');
  for (const handle of long.slice(0, 100)) arena.free(handle, 510);
  t.equal(fill(arena, 10).length, 100 * 32, 'each long block makes 32 short ones');
  t.equal(arena.allocate(510), 0);
});

t.test('a cut block gives back what is too much, in halves', async (t) => {
  const arena = newArena();
  const [block] = fill(arena, 131_072);
  fill(arena, 16);
  arena.free(block!, 131_072);
  t.equal(arena.allocate(16), block);
  t.equal(arena.allocate(65_536), block! + 65_536 / 16);
  t.equal(arena.allocate(32_768), block! + 32_768 / 16);
  t.equal(arena.allocate(65_536), 0);
});

t.test('what no block can be is refused', async (t) => {
  t.equal(newArena().allocate(131_073), 0);
});
