/** perfdhcp, Kea's load generator: starts it and reads the numbers of its report. */
import type { Network } from './network.ts';
import type { RunningProgram } from './programs.ts';

export interface PerfdhcpPlan {
  /** Where the queries go. */
  readonly target: string;
  /** Our address: perfdhcp poses as a relay, so replies come to its port 67. */
  readonly local: string;
  /** New exchanges a second. */
  readonly rate: number;
  /** For how long they are begun. */
  readonly seconds: number;
  /** Distinct clients; exchanges beyond that number come from the same clients again. */
  readonly clients: number;
  /** First hardware address; the others follow. */
  readonly firstMac?: string;
  /** Host that passes the queries on to the servers. */
  readonly via?: string;
  /** How long answers are awaited at the end, when nobody counts them: at most as long as they count. */
  readonly lingerSec?: number;
}

export interface DelayReport {
  readonly minMs: number;
  readonly avgMs: number;
  readonly maxMs: number;
  readonly deviationMs: number;
}

export interface ExchangeReport {
  readonly sent: number;
  readonly received: number;
  readonly drops: number;
  /** Percent of the sent packets. */
  readonly dropPercent: number;
  readonly orphans: number;
  readonly rejected: number;
  readonly notUnique: number;
  /** Null when nothing was received. */
  readonly delay: DelayReport | null;
}

export interface PerfdhcpReport {
  /** Part of the drops: what found the socket of perfdhcp, or of the host between, full. */
  readonly ownDrops: number;
  /** Whole exchanges a second, over the run and the wait for stragglers. */
  readonly ratePerSec: number;
  readonly discoverOffer: ExchangeReport;
  readonly requestAck: ExchangeReport;
}

export interface RunningPerfdhcp {
  readonly program: RunningProgram;
  /** @throws Error with the output when perfdhcp could not run. */
  readonly report: Promise<PerfdhcpReport>;
}

/** perfdhcp's exit status when some exchanges were not completed; 0 when all were. */
const EXIT_INCOMPLETE = 3;

/**
 * An answer counts for so long, and is awaited for so long at the end: a client that hears nothing for four seconds asks
 * again (RFC 2131 4.1).
 */
const ANSWER_SEC_MAX = 4;

const WARM_UP_RATE = 1000;
const WARM_UP_SECONDS = 3;
/** Other clients than those of the measurement, which begin at 00:0c:01:02:03:04. */
const WARM_UP_MAC = '00:0c:02:00:00:00';

/** Starts perfdhcp on a host of the network. */
export function startPerfdhcp(network: Network, host: string, plan: PerfdhcpPlan): RunningPerfdhcp {
  const ownDropsSoFar = (): Promise<number> => receiveDrops(network, [host, ...(plan.via ? [plan.via] : [])]);
  const dropsBefore = ownDropsSoFar();
  const program = network.start(host, 'perfdhcp', perfdhcpArguments(plan));
  const report = program.ended.then(async ({ code }) => {
    const output = program.output();
    if (code !== 0 && code !== EXIT_INCOMPLETE) throw new Error(`perfdhcp ended with ${code}:\n${output}`);
    const ownDrops = (await ownDropsSoFar()) - (await dropsBefore);
    return { ...parsePerfdhcpReport(output), ownDrops };
  });
  report.catch(() => undefined);
  return { program, report };
}

/** Runs perfdhcp to its end. */
export function perfdhcp(network: Network, host: string, plan: PerfdhcpPlan): Promise<PerfdhcpReport> {
  return startPerfdhcp(network, host, plan).report;
}

/**
 * perfdhcp, measured on servers that have run for a while: code that was never run is slow, and the burst of replies
 * after its first half second overflows perfdhcp's own socket, which it would report as drops of the server.
 */
export async function perfdhcpWhenWarm(
  network: Network,
  host: string,
  plan: PerfdhcpPlan,
): Promise<PerfdhcpReport> {
  await perfdhcp(network, host, {
    ...plan,
    rate: WARM_UP_RATE,
    seconds: WARM_UP_SECONDS,
    firstMac: WARM_UP_MAC,
    lingerSec: 1,
  });
  return perfdhcp(network, host, plan);
}

function perfdhcpArguments(plan: PerfdhcpPlan): string[] {
  const mac = plan.firstMac === undefined ? [] : ['-b', `mac=${plan.firstMac}`];
  // Numbers of both kinds of queries instead of a time: it ends when the last answer has come, and lingers only when one is missing.
  const exchanges = String(plan.rate * plan.seconds);
  const bounds = [
    '-r',
    String(plan.rate),
    '-n',
    exchanges,
    '-n',
    exchanges,
    '-R',
    String(plan.clients),
    '-d',
    String(ANSWER_SEC_MAX),
  ];
  const linger = ['-W', String((plan.lingerSec ?? ANSWER_SEC_MAX) * 1_000_000)];
  return ['-4', ...bounds, ...mac, '-l', plan.local, ...linger, plan.target];
}

/** Queries that were sent. */
export function queriesOf({ discoverOffer, requestAck }: PerfdhcpReport): number {
  return discoverOffer.sent + requestAck.sent;
}

/** Percent of the queries that the servers left without an answer; what perfdhcp itself lost is not theirs. */
export function unansweredPercent(report: PerfdhcpReport): number {
  const { discoverOffer, requestAck, ownDrops } = report;
  const unanswered = Math.max(0, discoverOffer.drops + requestAck.drops - ownDrops);
  return (100 * unanswered) / queriesOf(report);
}

/** One line for people. */
export function describeReport({ discoverOffer, requestAck, ownDrops }: PerfdhcpReport): string {
  const delay =
    requestAck.delay === null ? 'never' : `${requestAck.delay.avgMs} ms (at most ${requestAck.delay.maxMs})`;
  const drops = `${discoverOffer.drops} offers and ${requestAck.drops} acknowledgements missing`;
  return `${requestAck.received} of ${discoverOffer.sent} exchanges; ${drops}, ${ownDrops} of them lost on the way to it; ACK after ${delay}`;
}

/** Datagrams that the sockets of the hosts had no room for, since the network was made. */
async function receiveDrops(network: Network, hosts: readonly string[]): Promise<number> {
  let sum = 0;
  for (const host of hosts) {
    const { output } = await network.run(host, 'cat', ['/proc/net/snmp']);
    const [names = '', values = ''] = output.split('\n').filter((line) => line.startsWith('Udp:'));
    sum += Number(values.split(' ')[names.split(' ').indexOf('RcvbufErrors')]);
  }
  return sum;
}

/** Reads perfdhcp's final report. @throws Error naming the missing line. */
export function parsePerfdhcpReport(text: string): Omit<PerfdhcpReport, 'ownDrops'> {
  return {
    ratePerSec: numberAfter(text, 'Rate:'),
    discoverOffer: parseExchange(sectionOf(text, 'DISCOVER-OFFER')),
    requestAck: parseExchange(sectionOf(text, 'REQUEST-ACK')),
  };
}

function sectionOf(text: string, exchange: string): string {
  const start = text.indexOf(`***Statistics for: ${exchange}***`);
  if (start < 0) throw new Error(`no section ${exchange} in the report of perfdhcp:\n${text}`);
  const end = text.indexOf('***Statistics for:', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

function parseExchange(section: string): ExchangeReport {
  const sent = numberAfter(section, 'sent packets:');
  const received = numberAfter(section, 'received packets:');
  return {
    sent,
    received,
    drops: numberAfter(section, 'drops:'),
    dropPercent: sent === 0 ? 0 : numberAfter(section, 'drops ratio:'),
    orphans: numberAfter(section, 'orphans:'),
    rejected: numberAfter(section, 'rejected leases:'),
    notUnique: numberAfter(section, 'non unique addresses:'),
    delay: received === 0 ? null : parseDelay(section),
  };
}

function parseDelay(section: string): DelayReport {
  return {
    minMs: numberAfter(section, 'min delay:'),
    avgMs: numberAfter(section, 'avg delay:'),
    maxMs: numberAfter(section, 'max delay:'),
    deviationMs: numberAfter(section, 'std deviation:'),
  };
}

function numberAfter(text: string, label: string): number {
  const start = text.indexOf(label);
  const value = start < 0 ? Number.NaN : Number.parseFloat(text.slice(start + label.length));
  if (Number.isNaN(value)) throw new Error(`no number after "${label}" in the report of perfdhcp:\n${text}`);
  return value;
}
