/** The last words of the demonstration. */
import pc from 'picocolors';
import type { DemoReport } from './model.ts';

/** Lays out the report as lines of text. */
export function formatReport(report: DemoReport): string {
  const figures: readonly (readonly [string, string])[] = [
    ['exchanges (first query to lease)', report.exchanges.toLocaleString('en-US')],
    ['latency p50 / p99', `${report.p50Ms.toFixed(1)} / ${report.p99Ms.toFixed(1)} ms`],
    ['longest gap a client saw', `${report.longestGapMs.toFixed(0)} ms`],
    ['takeover after kill -9', `${report.takeoverMs.toFixed(0)} ms`],
    ['restart to normal again', `${report.recoveryMs.toFixed(0)} ms`],
    ['clients without an answer', report.abandoned.toLocaleString('en-US')],
  ];
  const width = Math.max(...figures.map(([name]) => name.length));
  const findings = report.findings.map(
    ({ invariant, held, detail }) =>
      `${held ? pc.green('held  ') : pc.red('BROKEN')}  ${invariant} (${detail})`,
  );
  return ['', ...figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`), '', ...findings].join(
    '\n',
  );
}
