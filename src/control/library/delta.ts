/**
 * What subnet4-delta-add and -delta-del, and those of subnet6, make of a subnet. Lists are changed item by item, and an item is the one that has the
 * same name: a pool by its range or prefix, an option by its code or name, a reservation by its identifier.
 */
import { type ArgumentMap, isMap } from '../arguments.ts';

/** By which members the items of a list are told apart; of other lists whole values count. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  pools: ['pool'],
  'pd-pools': ['prefix', 'prefix-len'],
  'option-data': ['code', 'name', 'space'],
  reservations: ['hw-address', 'duid', 'circuit-id', 'client-id', 'flex-id'],
};

/** The map with everything that is given put into it. */
export function applyDelta(before: ArgumentMap, given: ArgumentMap): ArgumentMap {
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(given)) {
    const old = before[key];
    if (Array.isArray(value) && Array.isArray(old)) after[key] = addItems(key, old, value);
    else if (isMap(value) && isMap(old)) after[key] = applyDelta(old, value);
    else after[key] = value;
  }
  return after;
}

/** The map without everything that is given; values of what is no list or map do not matter. */
export function removeDelta(before: ArgumentMap, given: ArgumentMap): ArgumentMap {
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(given)) {
    if (key === 'id' || key === 'subnet') continue;
    const old = before[key];
    if (Array.isArray(value) && Array.isArray(old))
      after[key] = old.filter((item) => !value.some((each) => isSame(key, item, each)));
    else if (isMap(value) && isMap(old)) after[key] = removeDelta(old, value);
    else delete after[key];
  }
  return after;
}

function addItems(key: string, before: readonly unknown[], given: readonly unknown[]): unknown[] {
  const after = [...before];
  for (const item of given) {
    const at = after.findIndex((each) => isSame(key, each, item));
    if (at === -1) after.push(item);
    else after[at] = isMap(item) && isMap(after[at]) ? applyDelta(after[at], item) : item;
  }
  return after;
}

function isSame(list: string, a: unknown, b: unknown): boolean {
  const keys = KEYS[list];
  if (keys === undefined || !isMap(a) || !isMap(b)) return JSON.stringify(a) === JSON.stringify(b);
  // What only one of the two says does not tell them apart: an option may be named in one and numbered in the other.
  const shared = keys.filter((key) => a[key] !== undefined && b[key] !== undefined);
  const isTold = shared.some((key) => key !== 'space');
  return isTold && shared.every((key) => textOf(a[key]) === textOf(b[key]));
}

function textOf(value: unknown): string {
  return String(value).replaceAll(' ', '').toLowerCase();
}
