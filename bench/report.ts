/** Prints results as Markdown and keeps them in docs/benchmarks.md between two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import type { Bench, BenchTable } from './model.ts';

const BEGIN = '<!-- results: begin -->';
const END = '<!-- results: end -->';

/** Where and when: without it a figure says nothing. */
export function describeRun(now: Date, scale: string): string {
  const processors = cpus();
  return [
    `Node ${process.version}`,
    `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown CPU'}`,
    `Linux ${release()}`,
    now.toISOString().slice(0, 10),
    `${scale} run`,
  ].join(', ');
}

/** One bench as a Markdown section. */
export function formatSection(
  bench: Pick<Bench, 'name' | 'question'>,
  tables: readonly BenchTable[],
): string {
  return [`### ${bench.name}`, '', bench.question, '', ...tables.flatMap(formatTable)].join('\n');
}

function formatTable(table: BenchTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    ...(table.title === undefined ? [] : [`**${table.title}**`, '']),
    line(table.columns),
    line(table.columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...table.rows.map(line),
    ...(table.digest === null ? [] : ['', `Digest: \`${table.digest}\``]),
    '',
  ];
}

/**
 * Replaces what stands between the markers of a document.
 * @throws when the markers are not there, once each and in order
 */
export function replaceResults(document: string, results: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin || document.indexOf(BEGIN, begin + 1) >= 0) {
    throw new Error(`the document needs one line ${BEGIN} and after it one line ${END}`);
  }
  return `${document.slice(0, begin + BEGIN.length)}\n${results.trim()}\n${document.slice(end)}`;
}

/** Writes results into a file, see `replaceResults`. */
export function writeResults(path: string, results: string): void {
  writeFileSync(path, replaceResults(readFileSync(path, 'utf8'), results));
}
