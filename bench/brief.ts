/** A table of loads for readers who have a minute: a line a load, a column a server. */
import { FIGURE_COLUMNS, type FigureColumn } from './load-figures.ts';
import type { BenchTable } from './model.ts';

const LEGEND = 'exchanges/s · ACK p50 / p99 ms · processor µs an exchange';

/**
 * @param table of any bench
 * @returns its figures of rate, wait and cost, what was sent again if that is one of a hundred or more;
 *   a table that is not one of loads as it is
 */
export function briefOf(table: BenchTable): BenchTable {
  const [load, server, ...figures] = table.columns;
  if (load !== 'load' || server !== 'server' || figures.join() !== FIGURE_COLUMNS.join()) return table;
  const at = (row: readonly string[], name: FigureColumn): string => row[figures.indexOf(name) + 2]!;
  const cell = (row: readonly string[]): string => {
    const lost = at(row, 'lost %');
    const cost = at(row, 'CPU µs an exchange, user + kernel').split(' + ').map(toNumber);
    return [
      `${at(row, 'exchanges/s')}/s`,
      `${at(row, 'ACK p50 ms')} / ${at(row, 'p99 ms')} ms`,
      `${cost.reduce((sum, part) => sum + part).toLocaleString('en-US', { maximumSignificantDigits: 3 })} µs`,
      ...(toNumber(lost) >= 1 ? [`${lost} % sent again`] : []),
    ].join(' · ');
  };
  const loads = [...new Set(table.rows.map(([name]) => name!))];
  const servers = [...new Set(table.rows.map(([, name]) => name!))];
  const rowOf = (name: string, of: string) => table.rows.find((row) => row[0] === name && row[1] === of)!;
  return {
    title: table.title === undefined ? LEGEND : `${table.title}: ${LEGEND}`,
    columns: ['load', ...servers],
    rows: loads.map((name) => [name, ...servers.map((each) => cell(rowOf(name, each)))]),
    digest: null,
  };
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}
