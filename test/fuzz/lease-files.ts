/**
 * The files of a lease database, torn anywhere: the first octet says which of them are there, the second at which step of a
 * clean-up the disk dies, and the rest is what stands in them. Whatever that is: what is loaded once is loaded again, a new
 * lease comes to it, and neither a clean-up nor one that was cut short changes anything but the files.
 */

import { systemClock } from '../../src/base/clock.ts';
import { rotateActiveFile } from '../../src/journal/lease-file.ts';
import { leaseFileNames } from '../../src/journal/names.ts';
import { ActiveLeaseFile, cleanUp } from '../journal/support/dhcp4.ts';
import { MemoryFiles } from '../journal/support/memory-files.ts';
import {
  deletionText,
  HEADER,
  HEADER_2_1,
  LeaseMap,
  rowBytes,
  rowText,
  tryLoad,
} from '../journal/support/rows.ts';
import type { Target } from './fuzzer.ts';

const PATH = '/d/leases';
const names = leaseFileNames(PATH);
/** In the order of their bits. */
const FILES = [names.active, names.frozen, names.previous, names.completed, names.keaOutput, names.merged];
/** Between the contents of two files; no lease file has it. */
const SEPARATOR = 0x01;
/** Of the lease that comes to the others. */
const NEWCOMER = 4_000;

function filesOf(octets: Uint8Array): MemoryFiles {
  const files = new MemoryFiles();
  const [mask = 0, , ...rest] = octets;
  let contents = Uint8Array.from(rest);
  FILES.forEach((path, bit) => {
    if (((mask >> bit) & 1) === 0) return;
    const end = contents.indexOf(SEPARATOR);
    files.put(path, contents.subarray(0, end < 0 ? contents.length : end));
    contents = end < 0 ? new Uint8Array(0) : contents.subarray(end + 1);
  });
  return files;
}

const asText = (map: LeaseMap): string =>
  JSON.stringify([...map.leases].sort(([a], [b]) => (a < b ? -1 : 1)));

function load(files: MemoryFiles, what: string): LeaseMap {
  const map = new LeaseMap();
  const outcome = tryLoad(PATH, map, 0, files);
  if (outcome.kind === 'refused') throw new Error(`${what}: ${outcome.reason}`);
  return map;
}

function expectSame(found: LeaseMap, expected: LeaseMap, what: string): void {
  if (asText(found) === asText(expected)) return;
  throw new Error(`${what}: ${asText(found)} instead of ${asText(expected)}`);
}

function append(files: MemoryFiles, row: Uint8Array): void {
  const file = new ActiveLeaseFile(files, names);
  file.open();
  file.append(row, row.length);
  file.sync();
  file.keep();
  file.close();
}

/** A clean-up on a disk that dies at a step, and the next one on a sound disk. */
function cleanTwice(files: MemoryFiles, step: number, expected: LeaseMap): string {
  files.failsFrom = files.steps + 1 + step;
  try {
    rotateActiveFile(files, names);
    cleanUp({ path: PATH }, systemClock, files);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
  }
  files.failsFrom = Number.POSITIVE_INFINITY;
  expectSame(load(files, 'behind a clean-up that was cut short'), expected, 'a clean-up that was cut short');
  rotateActiveFile(files, names);
  const { kind } = cleanUp({ path: PATH }, systemClock, files);
  expectSame(load(files, 'behind a clean-up'), expected, 'a clean-up');
  return kind;
}

function run(input: Uint8Array): string {
  const files = filesOf(input);
  const before = files.summary();
  const map = new LeaseMap();
  const outcome = tryLoad(PATH, map, 0, files);
  if (outcome.kind === 'refused') {
    if (outcome.reason === '' || files.summary() !== before) throw new Error('refused, and changed');
    return `refused ${outcome.reason.replace(/^.*?: /, '').replace(/["'].*/s, '')}`;
  }
  const { repair, rowErrorCount, created, cleanupDue } = outcome.report;
  append(files, rowBytes(NEWCOMER));
  const again = load(files, 'with one lease more');
  map.leases.set(...([...loadNewcomer().leases][0] as [string, never]));
  expectSame(again, map, 'with one lease more');
  const cleaned = cleanTwice(files, input[1] ?? 0, map);
  if (files.openCount > 0) throw new Error(`${files.openCount} descriptors are open`);
  const some = [map.leases.size > 1, rowErrorCount > 0, created, cleanupDue].map(Number);
  return `loaded ${repair?.kind} ${some} ${cleaned}`;
}

function loadNewcomer(): LeaseMap {
  const files = new MemoryFiles();
  files.put(PATH, Buffer.concat([Buffer.from(HEADER), rowBytes(NEWCOMER)]));
  return load(files, 'the newcomer');
}

/** What `filesOf` takes apart. */
function inputOf(step: number, contents: Readonly<Partial<Record<string, string>>>): Uint8Array {
  const there = FILES.filter((path) => contents[path] !== undefined);
  const mask = there.reduce((bits, path) => bits | (1 << FILES.indexOf(path)), 0);
  return Uint8Array.from(
    Buffer.from([
      mask,
      step,
      ...Buffer.from(there.map((path) => contents[path]).join(String.fromCharCode(SEPARATOR)), 'latin1'),
    ]),
  );
}

export function leaseFiles(): Target {
  const { active, frozen, previous, completed, keaOutput } = names;
  const some = HEADER + rowText(1) + rowText(2) + deletionText(1);
  const older = HEADER_2_1 + rowText(3).replace(/,0\n$/, '\n') + rowText(4).replace(/,0\n$/, '\n');
  return {
    name: 'lease-files',
    outcomesMin: 15,
    seeds: [
      inputOf(0, {}),
      inputOf(200, { [active]: some }),
      inputOf(3, {
        [active]: some + rowText(5).slice(0, 20),
        [frozen]: HEADER + rowText(1),
        [previous]: some,
      }),
      inputOf(5, { [active]: older, [completed]: some, [frozen]: HEADER + rowText(6) }),
      inputOf(7, { [active]: HEADER.slice(0, 30), [frozen]: some, [keaOutput]: 'x' }),
      inputOf(1, { [active]: some.slice(0, -1), [previous]: older }),
    ],
    words: [
      HEADER,
      HEADER_2_1,
      rowText(1),
      rowText(2),
      rowText(7),
      deletionText(2),
      '\n',
      '\r\n',
      ',,',
      '\x01',
    ],
    run,
    close: () => {},
  };
}
