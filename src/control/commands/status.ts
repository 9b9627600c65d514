/** list-commands, version-get, build-report, status-get and shutdown, as Kea answers them. */
import type { Clock } from '../../base/clock.ts';
import { EncodedJson } from '../../base/encoded-json.ts';
import type { CommonConfig } from '../../config/model.ts';
import { type Answer, type CommandHandler, type CommandTable, failure, Result, success } from '../answer.ts';
import { isMap } from '../arguments.ts';

/** How the DHCP sockets are, in Kea's form. */
export interface SocketsStatus {
  readonly status: 'ready' | 'retrying' | 'failed';
  /** Why some are not open; shown unless empty. */
  readonly errors: readonly string[];
}

export interface StatusSources {
  readonly clock: Clock;
  /** Every command that the server knows, these included; read at each call. */
  readonly table: () => CommandTable;
  /** `version` is the answer's text; `extended` says what it was built with, in several lines. */
  readonly version: { readonly version: string; readonly extended: string };
  /** Monotonic milliseconds (of `clock`) at which the process began to serve. */
  readonly startedMs: number;
  /** Monotonic milliseconds at which the configuration in force was applied. */
  readonly configuredMs: () => number;
  readonly config: () => CommonConfig;
  readonly sockets: () => SocketsStatus;
  /** Kea's `dhcp-state` map: who has switched the service off. */
  readonly dhcpState: () => object;
  /** Kea's `high-availability` list, or null without high availability. */
  readonly highAvailability: () => readonly object[] | null;
  /** Begins an orderly stop, after which the process ends with this exit value; called when the answer has left. */
  readonly shutdown: (exitValue: number) => void;
}

/** What a process can tell its parent. */
const EXIT_VALUE_MAX = 255;
/** The mean over the last 10, 100 and 1,000 packets, as real numbers, which Kea's readers demand. */
const NO_QUEUE = new EncodedJson('[ 0.0, 0.0, 0.0 ]');

export function createStatusCommands(sources: StatusSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['build-report', () => success(sources.version.extended)],
    ['list-commands', () => ({ result: Result.success, arguments: [...sources.table().keys()].sort() })],
    ['status-get', () => statusGet(sources)],
    ['version-get', () => versionGet(sources)],
    ['shutdown', (args) => shutdown(sources, args)],
  ]);
}

function statusGet(sources: StatusSources): Answer {
  const { multiThreading, leaseDatabase } = sources.config();
  const { status, errors } = sources.sockets();
  const highAvailability = sources.highAvailability();
  const nowMs = sources.clock.monotonicMs();
  const report = {
    ...(leaseDatabase.persist ? { 'csv-lease-file': leaseDatabase.path } : {}),
    'dhcp-state': sources.dhcpState(),
    ...(highAvailability === null ? {} : { 'high-availability': highAvailability }),
    'multi-threading-enabled': multiThreading.enabled,
    pid: process.pid,
    reload: wholeSeconds(nowMs - sources.configuredMs()),
    sockets: errors.length === 0 ? { status } : { errors, status },
    ...(multiThreading.enabled ? threads(multiThreading) : {}),
    uptime: wholeSeconds(nowMs - sources.startedMs),
  };
  return { result: Result.success, arguments: report };
}

/** Queries wait in the sockets' buffers: there is no queue in between whose fill could be averaged. */
function threads({ threadPoolSize, packetQueueSize }: CommonConfig['multiThreading']): object {
  return {
    'packet-queue-size': packetQueueSize,
    'packet-queue-statistics': NO_QUEUE,
    'thread-pool-size': threadPoolSize,
  };
}

function versionGet({ version }: StatusSources): Answer {
  return success(version.version, { extended: version.extended });
}

function shutdown(sources: StatusSources, args: unknown): Answer {
  // A word too much must not stop a server: everything about the arguments is checked first.
  if (args !== undefined && !isMap(args)) return failure('Argument must be a map');
  const { 'exit-value': value = 0 } = args ?? {};
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return failure("parameter 'exit-value' is not an integer");
  }
  if (value < 0 || value > EXIT_VALUE_MAX) {
    return failure(`parameter 'exit-value' is not in 0..${EXIT_VALUE_MAX}`);
  }
  // The answer is written before the event loop turns; a stop that begins right away would cut its connection.
  setImmediate(() => sources.shutdown(value));
  return success('Shutting down.');
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
