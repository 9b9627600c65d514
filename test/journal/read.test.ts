/** Reading one lease file of any size and in any state. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { formatIpv4 } from '../../src/base/ipv4.ts';
import { systemFiles } from '../../src/journal/files.ts';
import { ROW_BYTES_MAX } from '../../src/lease/dhcp4/csv.ts';
import { rowFaultTexts } from '../../src/lease/dhcp4/csv-fault.ts';
import { readLeaseFile } from './support/dhcp4.ts';
import { HEADER, HEADER_2_1, rowText } from './support/rows.ts';
import { scratchDirectory } from './support/scratch.ts';

const CHUNK_BYTES = 1 << 20;

/** Reads a text and reports what was handed over, each row checked against its place. */
function read(path: string, content: string, faultsMax = Number.POSITIVE_INFINITY) {
  writeFileSync(path, content, 'latin1');
  const rows: string[] = [];
  const faults: string[] = [];
  const outcome = readLeaseFile(systemFiles, path, {
    row: (record, offset, length) => {
      const address = formatIpv4(record.address);
      if (!content.startsWith(`${address},`, offset)) throw new Error(`${address} is not at ${offset}`);
      if (!['\n', ''].includes(content.charAt(offset + length))) throw new Error('wrong length');
      rows.push(address);
    },
    fault: (fault, line) => {
      faults.push(`${line}: ${rowFaultTexts[fault]}`);
      return faults.length < faultsMax;
    },
  });
  return { outcome, rows, faults };
}

t.test('rows come in order, each with its place', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const content = HEADER + rowText(0) + rowText(1) + rowText(0);
  const { outcome, rows, faults } = read(path, content);
  t.same(rows, ['10.0.0.1', '10.0.0.2', '10.0.0.1']);
  t.same(faults, []);
  t.same(outcome, { kind: 'read', isCurrent: true, bytes: content.length, tail: { kind: 'clean' } });
});

t.test('a bad row is told with its line and does not disturb the next', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { rows, faults } = read(path, `${HEADER}${rowText(0)}rubbish\n\n${rowText(1)}`);
  t.same(rows, ['10.0.0.1', '10.0.0.2']);
  t.same(
    faults.map((fault) => fault.slice(0, 24)),
    ['3: the number of columns', '4: the number of columns'],
  );
});

t.test('the receiver can stop at a bad row', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const { outcome, rows } = read(path, `${HEADER}x\n${rowText(0)}y\n${rowText(1)}`, 2);
  t.same(outcome, { kind: 'stopped' });
  t.same(rows, ['10.0.0.1']);
});

t.test('a file without rows, without newline, or without a whole header', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  t.same(read(path, '').outcome, { kind: 'empty' });
  t.same(read(path, HEADER.slice(0, 30)).outcome, { kind: 'empty' });
  t.match(read(path, HEADER).outcome, { kind: 'read', tail: { kind: 'clean' } });
  t.match(read(path, HEADER.trimEnd()).outcome, { kind: 'read', tail: { kind: 'unterminated' } });
  t.match(read(path, HEADER_2_1).outcome, { kind: 'read', isCurrent: false });
  t.match(read(path, 'PK\x03\x04'), { outcome: { kind: 'refused' }, rows: [] });
  t.match(read(path, '\0'.repeat(3 * CHUNK_BYTES)).outcome, { kind: 'refused' });
});

t.test('a last row without newline counts when it is good and is torn when it is not', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const head = HEADER + rowText(0);
  const row = rowText(1).trimEnd();
  const good = read(path, head + row);
  t.same(good.rows, ['10.0.0.1', '10.0.0.2']);
  t.same(good.outcome, {
    kind: 'read',
    isCurrent: true,
    bytes: head.length + row.length,
    tail: { kind: 'unterminated' },
  });
  for (let length = 1; length < row.length; length++) {
    const { outcome, rows, faults } = read(path, head + row.slice(0, length));
    const tail = { kind: 'torn', goodBytes: head.length, tornBytes: length, text: row.slice(0, length) };
    t.match({ rows, faults, outcome }, { rows: ['10.0.0.1'], faults: [], outcome: { kind: 'read', tail } });
  }
});

t.test('lines longer than any lease are skipped, wherever the chunks of the reader end', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  for (const length of [ROW_BYTES_MAX, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7]) {
    const { outcome, rows, faults } = read(
      path,
      `${HEADER}${rowText(0)}${'\0'.repeat(length)}\n${rowText(1)}bad\n${rowText(2)}`,
    );
    t.same(rows, ['10.0.0.1', '10.0.0.2', '10.0.0.3'], `${length} octets`);
    t.match(faults, [/^3: /, /^5: /]);
    t.match(outcome, { tail: { kind: 'clean' } });
  }
});

t.test('an endless line at the end is torn from where it began', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const head = HEADER + rowText(0);
  for (const length of [300, CHUNK_BYTES, 3 * CHUNK_BYTES + 5]) {
    const { outcome, rows } = read(path, head + '\0'.repeat(length));
    t.same(rows, ['10.0.0.1']);
    t.match(outcome, { tail: { kind: 'torn', goodBytes: head.length, tornBytes: length } });
  }
});

t.test('rows that lie across the ends of chunks are whole', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const count = 25_000;
  let content = HEADER;
  // Lengths differ from row to row, so that a chunk ends at every place of a row.
  for (let i = 0; i < count; i++) content += rowText(i, { hostname: 'h'.repeat(30 + (i % 37)) });
  t.ok(content.length > 2 * CHUNK_BYTES);
  const { rows, faults, outcome } = read(path, content);
  t.equal(rows.length, count);
  t.equal(new Set(rows).size, count);
  t.same(faults, []);
  t.match(outcome, { bytes: content.length });
});

t.test('no file of random octets makes the reader fail', async (t) => {
  const path = join(scratchDirectory(t), 'leases');
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.nat(50).map((number) => rowText(number)),
    fc.constantFrom('\n', '\0', ',', 'address,', '10.0.0.9,,,,,,,,,,,\n'),
  );
  const contents = fc.tuple(fc.constantFrom(HEADER, HEADER_2_1, ''), fc.array(piece, { maxLength: 12 }));
  const run = fc.property(contents, ([header, pieces]) => {
    const content = header + pieces.join('');
    const { outcome, rows, faults } = read(path, content);
    if (outcome.kind !== 'read') return outcome.kind === 'empty' || outcome.kind === 'refused';
    const lines = content.split('\n').length - 1;
    const torn = outcome.tail.kind === 'clean' ? 0 : 1;
    return rows.length + faults.length <= lines - 1 + torn && outcome.bytes === content.length;
  });
  fc.assert(run, { seed: 20_261_122, numRuns: 500 });
  t.pass('500 files');
});
