/** Reading a file that somebody replaces at this moment: the old one or the new one, whole. */
import { linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { readWholeFile } from '../../src/credentials/whole-file.ts';

const OCTETS = 100_000;
const READS = 1_000;
const LETTERS = ['a', 'b'] as const;

/** Puts one file and the other in the place of the third, again and again. */
const RENAMING = `
  const { linkSync, renameSync } = require('node:fs');
  const { workerData, parentPort } = require('node:worker_threads');
  const { file, sources, stop } = workerData;
  parentPort.postMessage('begun');
  for (let round = 1; Atomics.load(stop, 0) === 0; round++) {
    linkSync(sources[round % 2], file + '.new');
    renameSync(file + '.new', file);
  }`;

t.test('a file that is renamed over while it is read is read whole', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-whole-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'file');
  const sources = LETTERS.map((letter) => join(directory, letter));
  for (const [i, source] of sources.entries()) writeFileSync(source, LETTERS[i]!.repeat(OCTETS));
  linkSync(sources[0]!, file);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(RENAMING, { eval: true, workerData: { file, sources, stop } });
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const wrong = new Set<string>();
  for (let read = 0; read < READS; read++) {
    const content = readWholeFile(file, OCTETS);
    if ('reason' in content) wrong.add(content.reason);
    else if (!LETTERS.some((letter) => content.equals(Buffer.alloc(OCTETS, letter)))) wrong.add('torn');
  }
  Atomics.store(stop, 0, 1);
  await ended;
  t.same([...wrong], []);
});
