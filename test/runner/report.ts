/** What the test runner prints: a line a file, every failure whole below its file's line, and the sums at the end. */
import picocolors from 'picocolors';
import { type Failure, indent, type Outcome } from './outcome.ts';

/** A file as it is named in the source tree, and what became of it. */
export interface FileReport extends Outcome {
  readonly name: string;
  readonly seconds: number;
}

/** Some take CI=true for a terminal. */
const pc = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);
const NAME_COLUMNS = 56;
const COUNTS_COLUMNS = 12;
const PATH_SEPARATOR = ' > ';

/** The line of a file and, when it failed, everything that is known about that. */
export function formatFile(file: FileReport): string {
  const outcome = file.failed > 0 ? pc.red('FAILED') : pc.green('ok    ');
  const counts = file.failed + file.skipped > 0 ? formatCounts(file) : `${file.passed} passed`;
  const columns = [outcome, file.name.padEnd(NAME_COLUMNS), counts.padEnd(COUNTS_COLUMNS)];
  const line = `${columns.join(' ')} ${file.seconds.toFixed(1)} s\n`;
  if (file.failed === 0) return line;
  const printed = file.output.trim() === '' ? '' : `\n  printed:\n${indent(file.output.trimEnd(), 4)}\n`;
  return `${line}${file.failures.map(formatFailure).join('')}${printed}\n`;
}

/** The last lines of a run: what failed, by name, and the counts. */
export function formatSums(files: readonly FileReport[]): string {
  const failed = files.flatMap((file) => file.failures.map(({ path }) => [file.name, ...path]));
  const list = failed.map((path) => `  ${path.join(PATH_SEPARATOR)}\n`).join('');
  return `${failed.length > 0 ? `\n${pc.red('Failed:')}\n${list}` : ''}\n${formatCounts(sum(files))}\n`;
}

type Counts = Pick<Outcome, 'passed' | 'failed' | 'skipped'>;

function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function sum(files: readonly Counts[]): Counts {
  const add = (member: keyof Counts): number => files.reduce((total, file) => total + file[member], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

function formatFailure({ path, details }: Failure): string {
  return `\n  ${pc.red('not ok')} ${path.join(PATH_SEPARATOR)}\n${indent(details, 4)}\n`;
}
