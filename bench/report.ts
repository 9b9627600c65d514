/** Prints results as Markdown and keeps them in docs/benchmarks.md between two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import type { Bench, BenchTable } from './model.ts';

const BEGIN = '<!-- results: begin -->';
const END = '<!-- results: end -->';
const HEADING = '### ';

/** Where and when: without it a figure says nothing. */
export function describeRun(now: Date, scale: string, ...circumstances: readonly string[]): string {
  const processors = cpus();
  return [
    `Node ${process.version}`,
    `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown CPU'}`,
    `Linux ${release()}`,
    now.toISOString().slice(0, 10),
    `${scale} run`,
    ...circumstances,
  ].join(', ');
}

/**
 * One bench as a Markdown section.
 * @param where as `describeRun` tells it: benches that stand side by side need not be of one run
 */
export function formatSection(
  bench: Pick<Bench, 'name' | 'question'>,
  tables: readonly BenchTable[],
  where: string,
): string {
  return [
    `${HEADING}${bench.name}`,
    '',
    bench.question,
    '',
    ...tables.flatMap(formatTable),
    `*${where}*`,
    '',
  ].join('\n');
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
 * Puts sections between the markers of a document; those of other benches stay.
 * @param sections as `formatSection` made them, by the bench's name
 * @param order names of the benches that have a place there, in their order; what else stands there goes
 * @throws when the markers are not there, once each and in order
 */
export function replaceSections(
  document: string,
  sections: ReadonlyMap<string, string>,
  order: readonly string[],
): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin || document.indexOf(BEGIN, begin + 1) >= 0) {
    throw new Error(`the document needs one line ${BEGIN} and after it one line ${END}`);
  }
  const old = new Map(
    document
      .slice(begin + BEGIN.length, end)
      .split(/^(?=### )/m)
      .map((text) => [text.slice(HEADING.length, text.indexOf('\n')), text]),
  );
  const kept = order.flatMap((name) => sections.get(name) ?? old.get(name) ?? []);
  const results = kept.map((text) => text.trim()).join('\n\n');
  return `${document.slice(0, begin + BEGIN.length)}\n${results}\n${document.slice(end)}`;
}

/** Writes sections into a file, see `replaceSections`. */
export function writeSections(
  path: string,
  sections: ReadonlyMap<string, string>,
  order: readonly string[],
): void {
  writeFileSync(path, replaceSections(readFileSync(path, 'utf8'), sections, order));
}
