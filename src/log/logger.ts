/**
 * The program's log: pino JSON lines, one id an event. Every id stands in the catalogue with its level and meaning.
 *
 *     {"level":"info","time":"2026-11-20T22:48:48.000Z","pid":4711, ...fields, "id":"TDM_...","msg":"..."}
 *
 * pino makes the lines; where they go is decided by the `loggers` of the configuration (routes.ts).
 */
import pino from 'pino';
import { type Clock, systemClock } from '../base/clock.ts';
import type { LoggerConfig } from '../config/model.ts';
import { type LogId, type LogMessage, messages } from './messages.ts';
import type { Sink } from './output.ts';
import { type LogFamily, type LogLevel, loggerOf, openRoutes, type Routes, singleRoute } from './routes.ts';
import { standardSink } from './standard-sink.ts';

/** Writes one event. The level comes from the catalogue. */
export type Log = (id: LogId, fields?: Readonly<Record<string, unknown>>) => void;

/** A log whose outputs and thresholds can change while it runs (a reload may change them). */
export interface AdjustableLog extends Log {
  /**
   * Opens the outputs of a configuration; the log goes on as it is until take().
   * @param family of the server, which stands in the names of the loggers
   * @throws TDM_ERR_LOG_FILE when a file cannot be opened
   */
  prepare(loggers: readonly LoggerConfig[], family: LogFamily): void;
  /** From now on the log is what was prepared last. Files are those that now have the name, so that a log can be moved away. */
  take(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Takes whole lines until a configuration says where they go; default standard output. */
  readonly destination?: { write(line: string): void };
  /** Default the system's. */
  readonly clock?: Pick<Clock, 'wallMs'>;
}

interface Announcement {
  readonly id: LogId;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Opens the log. Never throws afterwards, whatever the fields hold. */
export function createLog({ level, destination, clock = systemClock }: LogOptions): AdjustableLog {
  let json = '';
  const maker = pino(
    {
      level: 'debug',
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        json = line;
      },
    },
  );
  // What outputs have to say is said when the event that made them say it has reached all of them.
  const announcements: Announcement[] = [];
  const announce = (id: LogId, fields: Announcement['fields']): void => {
    announcements.push({ id, fields });
  };
  let routes = singleRoute(
    level,
    destination === undefined ? standardSink('stdout') : sinkOf(destination),
    announce,
  );
  let prepared: Routes | null = null;
  const write = (id: LogId, fields: Announcement['fields'], lastResort?: Sink): void => {
    const { level: severity, text }: LogMessage = messages[id];
    const logger = loggerOf(id, routes.family);
    const outputs = routes.outputsFor(logger, severity);
    if (outputs.length === 0) return;
    // The id comes last, so that no field can take its place.
    maker[severity]({ ...fields, id }, text);
    const event = { id, severity, logger, text, fields, time: new Date(clock.wallMs()), json };
    let arrived = 0;
    for (const output of outputs) if (output.write(event)) arrived++;
    if (arrived === 0) lastResort?.write(event.json, event);
  };
  const log: Log = (id, fields = {}) => {
    write(id, fields);
    for (let next = announcements.shift(); next !== undefined; next = announcements.shift())
      write(next.id, next.fields, standardSink('stderr'));
  };
  return Object.assign(log, {
    prepare(loggers: readonly LoggerConfig[], family: LogFamily): void {
      const opened = openRoutes(loggers, family, announce);
      prepared?.close();
      prepared = opened;
    },
    take(): void {
      if (prepared === null) return;
      routes.close();
      routes = prepared;
      prepared = null;
    },
  });
}

function sinkOf(destination: { write(line: string): void }): Sink {
  return {
    name: 'destination',
    write: (line) => {
      destination.write(line);
      return null;
    },
    close: () => {},
  };
}
