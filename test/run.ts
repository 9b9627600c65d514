/**
 * Runs the test files, each in a process of its own, and prints a line for each, what failed, and the sums.
 *
 *     node build/test/run.js             all that need neither root nor other programs, several at a time
 *     node build/test/run.js node        of those what a second version of Node may do otherwise (runner/second-node.ts)
 *     node build/test/run.js interop     those that do need them, some of them alone (runner/alone.ts)
 *     node build/test/run.js FILE ...    these, as named in the source tree or in build/
 *
 * TAP_TIMEOUT (seconds) is how long a file may take. The exit code is 0 when everything passed.
 *
 * tap's own runner starts each file with a loader that records for coverage reports, which nobody makes here, what the
 * file imports: 1.3 instead of 0.4 s of processor time for a test of one line, and again for every server that a test
 * starts. And its reporters tell what passed in many pages, or nothing at all.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runsAlone } from './runner/alone.ts';
import { isInTurn } from './runner/in-turn.ts';
import { longestFirst } from './runner/order.ts';
import { type FileReport, formatFile, formatSums } from './runner/report.ts';
import { dependsOnNode } from './runner/second-node.ts';
import { killTestFiles, runTestFile } from './runner/test-file.ts';

const BUILD = fileURLToPath(new URL('..', import.meta.url));
const ROOT = resolve(BUILD, '..');
const INTEROP = 'interop/';
/** One more than there are processors: files wait, for a timer or a program, for a good part of their time. */
const JOBS = availableParallelism() + 1;
const UNIT_MS_MAX = 300_000;
const INTEROP_MS_MAX = 600_000;

const wanted = process.argv.slice(2);
const isInterop = wanted[0] === 'interop';
const isSecondNode = wanted[0] === 'node';
const fileLimitMs = Number(process.env['TAP_TIMEOUT']) * 1000 || (isInterop ? INTEROP_MS_MAX : UNIT_MS_MAX);
const isAll = isInterop || isSecondNode || wanted.length === 0;
const files = isAll ? filesOf(isInterop).filter(isWanted) : wanted.map(compiledOf);
// tap bounds the process that imports it: this one runs as long as its files.
t.setTimeout(0);
const reports: FileReport[] = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killTestFiles();
    process.stdout.write(`\nended by ${signal}: ${files.length - reports.length} files are not done\n`);
    process.stdout.write(formatSums(reports));
    process.exit(128 + constants.signals[signal]);
  });
}
await runAll(
  longestFirst(
    files.filter((file) => !runsAlone(file)),
    nameOf,
  ),
  JOBS,
);
await runAll(files.filter(runsAlone), 1);
if (files.length === 0)
  process.stdout.write('there is no test file: compile them first (npm run build:test)\n');
process.stdout.write(formatSums(reports));
process.exitCode = reports.length > 0 && reports.every(({ failed }) => failed === 0) ? 0 : 1;

/** So many at a time, each job takes one file after the other until none is left. */
async function runAll(queue: readonly string[], jobs: number): Promise<void> {
  const open = queue.values();
  await Promise.all(Array.from({ length: jobs }, () => work(open)));
}

async function work(open: Iterable<string>): Promise<void> {
  for (const file of open) {
    const began = performance.now();
    const outcome = await runTestFile(file, fileLimitMs, process.env['CI'] === 'true');
    const report = { ...outcome, name: sourceOf(file), seconds: (performance.now() - began) / 1000 };
    reports.push(report);
    process.stdout.write(formatFile(report));
  }
}

function filesOf(interop: boolean): string[] {
  const tests = resolve(BUILD, 'test');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js') && name.startsWith(INTEROP) === interop)
    .sort()
    .map((name) => resolve(tests, name));
}

function isWanted(file: string): boolean {
  const name = nameOf(file);
  return isInTurn(name, process.env['TANDEM_TURN']) && (!isSecondNode || dependsOnNode(name));
}

function nameOf(file: string): string {
  return relative(resolve(BUILD, 'test'), file);
}

function compiledOf(file: string): string {
  const path = resolve(file);
  return path.endsWith('.ts') ? resolve(BUILD, relative(ROOT, path).replace(/ts$/, 'js')) : path;
}

function sourceOf(file: string): string {
  const inBuild = relative(BUILD, file);
  return inBuild.startsWith('..') ? file : inBuild.replace(/js$/, 'ts');
}
