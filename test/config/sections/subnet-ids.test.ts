/** Subnets without an id: the numbers that Kea 2.2 gives them. */
import t from 'tap';
import { parseConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { dhcp4 } from '../fixtures/marked-file.ts';

/** A list of subnets by their ids, null = none. */
function subnets(ids: readonly (number | null)[], net: number): string {
  const maps = ids.map((id, index) => {
    const key = id === null ? '' : `"id": ${id}, `;
    return `{ ${key}"subnet": "10.${net}.${index}.0/24" }`;
  });
  return `"subnet4": [ ${maps.join(', ')} ]`;
}

/** The ids of the result in the order of the file, or the problems. */
function idsOf(text: string, ignoreUnsupported = false): readonly number[] | string {
  const result = parseConfig(text, 'kea.conf', { ignoreUnsupported });
  if (!result.ok) return result.problems.map(formatProblem).join('\n');
  return [...result.config.subnets].sort((a, b) => a.prefix - b.prefix).map(({ id }) => id);
}

t.test('only subnets without an id are counted, in the order of the file', async (t) => {
  const rows: readonly [readonly (number | null)[], readonly number[] | RegExp][] = [
    [
      [null, null],
      [1, 2],
    ],
    [
      [5, null],
      [5, 1],
    ],
    [
      [10, null, 3, null],
      [10, 1, 3, 2],
    ],
    [
      [0, 0, null],
      [1, 2, 3],
    ],
    [[null, 1], /subnet4\[1\]\/id: found 1; expected an id that no other subnet has; 10\.1\.0\.0\/24 has it/],
    [[1, null], /subnet4\[1\]\/id: found 1;/],
    [[2, null, null], /subnet4\[2\]\/id: found 2;/],
    [[null, null, 2], /subnet4\[2\]\/id: found 2;/],
    [[0, 1], /subnet4\[1\]\/id: found 1;/],
  ];
  for (const [ids, expected] of rows) {
    const found = idsOf(dhcp4(subnets(ids, 1)));
    if (expected instanceof RegExp) t.match(found, expected, String(ids));
    else t.strictSame(found, expected, String(ids));
  }
});

t.test('a warning names the number that a subnet gets', async (t) => {
  const result = parseConfig(dhcp4(subnets([null, 7, 0], 1)), 'kea.conf');
  t.strictSame(
    result.warnings.map((each) => formatProblem(each).replace(/; this|, and.*/, '')),
    [
      'kea.conf:4:18: Dhcp4/subnet4[0]/id: found nothing; expected an "id": this subnet gets the number 1',
      'kea.conf:4:93: Dhcp4/subnet4[2]/id: found 0; expected an "id": this subnet gets the number 2',
    ],
  );
});

t.test('the subnets of shared networks come first, wherever they stand', async (t) => {
  const networks = `"shared-networks": [ { "name": "a", ${subnets([null, 9, 0], 2)} }, { "name": "b" } ]`;
  t.strictSame(idsOf(dhcp4(networks, subnets([null, 20], 1)), true), [3, 20, 1, 9, 2]);
  t.strictSame(idsOf(dhcp4(subnets([null, 20], 1), networks), true), [3, 20, 1, 9, 2]);
});

t.test('odd values in the place of networks and subnets are problems, not exceptions', async (t) => {
  for (const networks of [
    'null',
    '{}',
    '[ null, 1, [], {}, { "subnet4": 5 }, { "subnet4": [ null, 1, {} ] } ]',
  ])
    t.ok(idsOf(dhcp4(`"shared-networks": ${networks}`, '"subnet4": [ null, 1, {}, { "id": "x" } ]'), true));
});
