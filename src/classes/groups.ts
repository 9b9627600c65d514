/** Groups tests of the same value against constants, at compile time. */

import { OctetMap } from '../base/octet-map.ts';
import type { Compiler } from './compile-test.ts';
import { type Key, keysOf } from './keyed.ts';
import type { Operand, Packet } from './packet.ts';
import type { TestNode } from './syntax-tree.ts';

/** Tests of one value that are worth a lookup: below, evaluating them costs as much. */
const LOOKUP_MIN = 4;

/** Tests of one value: constants lead to lists of positions. */
export interface Group<P extends Packet> {
  readonly operand: Operand<P>;
  readonly map: OctetMap;
  readonly positions: Uint32Array[];
}

/**
 * @param tests by position in the file; null = no test that could be looked up
 * @returns the groups, and the positions of what belongs to none
 */
export function groupTests<P extends Packet>(
  tests: ReadonlyMap<number, TestNode | null>,
  compiler: Compiler<P>,
): { readonly groups: readonly Group<P>[]; readonly ungrouped: readonly number[] } {
  const keys = new Map([...tests].map(([position, test]) => [position, test === null ? null : keysOf(test)]));
  const shared = sharedValues([...keys.values()]);
  const grouped = new Map<string, { readonly key: Key; readonly position: number }[]>();
  const ungrouped: number[] = [];
  for (const [position, each] of keys) {
    if (each === null || each.some(({ name }) => !shared.has(name))) ungrouped.push(position);
    else
      for (const key of each) {
        const members = grouped.get(key.name) ?? [];
        members.push({ key, position });
        grouped.set(key.name, members);
      }
  }
  return { groups: [...grouped.values()].map((members) => groupOf(members, compiler)), ungrouped };
}

/** The names of values that enough tests ask for. */
function sharedValues(keys: readonly (readonly Key[] | null)[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { name } of keys.flatMap((each) => each ?? [])) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= LOOKUP_MIN).map(([name]) => name));
}

function groupOf<P extends Packet>(
  members: readonly { readonly key: Key; readonly position: number }[],
  compiler: Compiler<P>,
): Group<P> {
  const lists = new Map<string, { readonly octets: Uint8Array; readonly positions: number[] }>();
  for (const { key, position } of members) {
    const name = key.constant.join();
    const list = lists.get(name) ?? { octets: key.constant, positions: [] };
    list.positions.push(position);
    lists.set(name, list);
  }
  const map = new OctetMap();
  const positions = [...lists.values()].map((list, index) => {
    map.add(list.octets, index);
    return Uint32Array.from(list.positions);
  });
  return { operand: compiler.value(members[0]!.key.value), map, positions };
}
