/**
 * Runs the test files, each in a process of its own, and writes one TAP stream that has a subtest a file.
 *
 *     node build/test/run.js             all that need neither root nor other programs, two at a time
 *     node build/test/run.js interop     those that do, one after the other
 *     node build/test/run.js FILE ...    these
 *
 * `tap` itself starts each file with a loader that records for coverage reports, which nobody makes here, what the file
 * imports: 1.3 instead of 0.4 s of processor time for a test of one line, and again for every server that a test starts.
 */
import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INTEROP = 'interop/';
const UNIT = { jobs: 2, timeoutMs: 180_000 };
const ONE_BY_ONE = { jobs: 1, timeoutMs: 600_000 };

const wanted = process.argv.slice(2);
const isInterop = wanted[0] === 'interop';
const { jobs, timeoutMs } = isInterop ? ONE_BY_ONE : UNIT;
const files = isInterop || wanted.length === 0 ? filesOf(isInterop) : wanted;

// No bound for the whole: it follows from those of the files.
t.setTimeout(0);
t.jobs = jobs;
if (files.length === 0) t.fail('there is no test file: compile them first (npm run build:test)');
for (const file of files) {
  // The loader travels in NODE_OPTIONS, which is set after this program's own environment is copied.
  void t.spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', file], {
    name: relative(ROOT, file),
    buffered: jobs > 1,
    timeout: timeoutMs,
    // What the file itself goes by.
    env: { ...process.env, TAP_TIMEOUT: String(timeoutMs / 1000) },
  });
}

function filesOf(interop: boolean): string[] {
  return readdirSync(HERE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js') && name.startsWith(INTEROP) === interop)
    .sort()
    .map((name) => `${HERE}${name}`);
}
