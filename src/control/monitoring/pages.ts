/**
 * The pages that monitoring asks for, beside the commands:
 *
 *     /healthz   200 while the process does its work, 503 when only a restart or an operator helps
 *     /readyz    200 while clients are served, 503 otherwise, which may be quite in order (the partner serves)
 *     /metrics   for Prometheus
 *     /why       why high availability is in its state, as text
 */
import type { Log } from '../../log/logger.ts';
import type { HttpPage } from '../http/kea-http.ts';
import type { Metrics } from './metrics.ts';

export interface MonitoringSources {
  readonly log: Log;
  readonly metrics: Metrics;
  /** What is broken, one line each; empty = alive. For example a lease file that cannot be written. */
  readonly failures: () => readonly string[];
  /** Why no client is served, one line each; empty = serving. */
  readonly notReady: () => readonly string[];
  /** What ha-why says, for people. */
  readonly why: () => string;
}

/** Path -> page, for the HTTP control sockets. */
export function createMonitoringPages(sources: MonitoringSources): Map<string, HttpPage> {
  const { failures, notReady, why } = sources;
  return new Map<string, HttpPage>([
    ['/healthz', async () => statusPage('ok', 'failing', failures())],
    // A server that has failed is not ready either, whatever its high availability says.
    ['/readyz', async () => statusPage('ready', 'not ready', [...failures(), ...notReady()])],
    ['/metrics', () => metricsPage(sources)],
    ['/why', async () => ({ status: 200, contentType: 'text/plain; charset=utf-8', body: `${why()}\n` })],
  ]);
}

function statusPage(good: string, bad: string, reasons: readonly string[]): Awaited<ReturnType<HttpPage>> {
  const isGood = reasons.length === 0;
  const body = isGood ? { status: good } : { status: bad, reasons };
  return { status: isGood ? 200 : 503, contentType: 'application/json', body: JSON.stringify(body) };
}

async function metricsPage({ metrics, log }: MonitoringSources): ReturnType<HttpPage> {
  try {
    return { status: 200, contentType: metrics.contentType, body: await metrics.scrape() };
  } catch (err) {
    log('TDM_CONTROL_METRICS_FAILED', { err });
    return { status: 500, contentType: 'text/plain; charset=utf-8', body: 'the metrics could not be read' };
  }
}
