/**
 * The program's log: pino JSON lines, one id an event. Every id stands in the catalogue with its level and meaning.
 *
 *     {"level":"info","time":"2026-11-20T22:48:48.000Z","pid":4711, ...fields, "id":"TDM_...","msg":"..."}
 */
import pino, { type DestinationStream } from 'pino';
import type { LoggerConfig } from '../config/model.ts';
import { type LogId, type LogMessage, messages } from './messages.ts';

/** Writes one event. The level comes from the catalogue. */
export type Log = (id: LogId, fields?: Readonly<Record<string, unknown>>) => void;

export type LogLevel = LogMessage['level'] | 'silent';

/** A log whose threshold can change while it runs (a reload may change it). */
export interface AdjustableLog extends Log {
  /** From now on only events at this level or above are written. */
  setLevel(level: LogLevel): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes whole lines; default standard output. */
  readonly destination?: DestinationStream;
}

/** Unwritten log that may wait for a slow reader of standard output; beyond it lines are lost, not memory. */
const BUFFERED_BYTES_MAX = 16 * 1024 * 1024;
/** The logger that speaks for the whole program; its children have no level of their own here. */
const ROOT_LOGGER = 'kea-dhcp4';

const levelOfSeverity = {
  FATAL: 'fatal',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  NONE: 'silent',
} as const satisfies Record<LoggerConfig['severity'], LogLevel>;

/** Opens the log. Never throws afterwards, whatever the fields hold. */
export function createLog({ level, destination }: LogOptions): AdjustableLog {
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? standardOutput(),
  );
  const log: Log = (id, fields) => {
    const message: LogMessage = messages[id];
    if (!logger.isLevelEnabled(message.level)) return;
    // The id comes last, so that no field can take its place.
    logger[message.level]({ ...fields, id }, message.text);
  };
  return Object.assign(log, {
    setLevel(next: LogLevel): void {
      logger.level = next;
    },
  });
}

/** The level that the `loggers` of a configuration ask for: that of the root logger, else info. */
export function logLevelOf(loggers: readonly LoggerConfig[]): LogLevel {
  const root = loggers.find((logger) => logger.name === ROOT_LOGGER);
  return root === undefined ? 'info' : levelOfSeverity[root.severity];
}

/**
 * Not synchronous: whoever reads our output may stop reading, and a server must not stop with it. pino writes what is
 * left when the process exits.
 */
function standardOutput(): DestinationStream {
  return pino.destination({ fd: 1, sync: false, maxLength: BUFFERED_BYTES_MAX });
}
