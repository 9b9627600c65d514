/**
 * Which outputs an event goes to. Loggers form a tree by the dots of their names: an event goes by the most special logger that
 * the configuration has, `kea-dhcp4.ha-hooks` before `kea-dhcp4`; without any, by standard output.
 */
import { LOGGER_NAMES, type LoggerConfig, type LoggerOutputConfig } from '../config/model.ts';
import { FileSink } from './file-sink.ts';
import { jsonLayout, type Severity } from './line.ts';
import type { LogId } from './messages.ts';
import { type Announce, LogOutput, type Sink } from './output.ts';
import { patternLayout } from './pattern.ts';
import { standardSink } from './standard-sink.ts';
import { SyslogSink } from './syslog-sink.ts';

export type LogLevel = Severity | 'silent';

/** How urgent an event is at least that is written. */
const RANKS = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4, silent: 5 } as const;

const levelOfSeverity = {
  FATAL: 'fatal',
  ERROR: 'error',
  WARN: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
  NONE: 'silent',
} as const satisfies Record<LoggerConfig['severity'], LogLevel>;

type LoggerName = (typeof LOGGER_NAMES)[number];

/** The logger that speaks for the whole program. */
const ROOT_LOGGER: LoggerName = 'kea-dhcp4';

/** The loggers of the parts of the program, by the word behind TDM_ in the ids. */
const LOGGER_OF_AREA: Readonly<Record<string, LoggerName>> = {
  CONFIG: 'kea-dhcp4.dhcp4',
  ENGINE: 'kea-dhcp4.dhcp4',
  CONTROL: 'kea-dhcp4.commands',
  HTTP: 'kea-dhcp4.http',
  HA: 'kea-dhcp4.ha-hooks',
  PEER: 'kea-dhcp4.ha-hooks',
  JOURNAL: 'kea-dhcp4.dhcpsrv',
  PERFMON: 'kea-dhcp4.perfmon-hooks',
};

/** The logger that an event belongs to. */
export function loggerOf(id: LogId): string {
  return LOGGER_OF_AREA[id.split('_', 2)[1] ?? ''] ?? ROOT_LOGGER;
}

interface Route {
  readonly level: LogLevel;
  readonly outputs: readonly LogOutput[];
}

export class Routes {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #sinks: Iterable<Sink>;

  /** @param sinks what the outputs write to, each once */
  constructor(routes: ReadonlyMap<string, Route>, sinks: Iterable<Sink>) {
    this.#routes = routes;
    this.#sinks = sinks;
  }

  /** Where an event goes; none when nobody wants it. */
  outputsFor(logger: string, severity: Severity): readonly LogOutput[] {
    const route = this.#routes.get(logger) ?? this.#routes.get(ROOT_LOGGER)!;
    return RANKS[severity] >= RANKS[route.level] ? route.outputs : [];
  }

  close(): void {
    for (const sink of this.#sinks) sink.close();
  }
}

/** Everything at this level or above to one sink, as JSON. */
export function singleRoute(level: LogLevel, sink: Sink, announce: Announce): Routes {
  const outputs = [new LogOutput(sink, jsonLayout, announce)];
  return new Routes(new Map([[ROOT_LOGGER, { level, outputs }]]), [sink]);
}

/**
 * Opens the outputs of a configuration. Of two loggers of the same name the last one counts, as in Kea.
 * @throws TDM_ERR_LOG_FILE when a file cannot be opened; nothing stays open
 */
export function openRoutes(loggers: readonly LoggerConfig[], announce: Announce): Routes {
  const opener = new Opener(announce);
  const byName = new Map(loggers.map((logger) => [logger.name, logger]));
  const root = byName.get(ROOT_LOGGER);
  const routes = new Map<string, Route>();
  try {
    const standard = (): readonly LogOutput[] => opener.open([{ target: { kind: 'stdout' }, pattern: null }]);
    const rootOutputs =
      root !== undefined && root.outputs.length > 0 ? opener.open(root.outputs) : standard();
    routes.set(ROOT_LOGGER, { level: levelOfSeverity[root?.severity ?? 'INFO'], outputs: rootOutputs });
    for (const name of LOGGER_NAMES) {
      const logger = byName.get(name);
      if (logger === undefined || name === ROOT_LOGGER) continue;
      const outputs = logger.outputs.length > 0 ? opener.open(logger.outputs) : rootOutputs;
      routes.set(name, { level: levelOfSeverity[logger.severity], outputs });
    }
  } catch (error) {
    for (const sink of opener.sinks) sink.close();
    throw error;
  }
  return new Routes(routes, opener.sinks);
}

/** Opens each target once: a file that two loggers name must not be rotated by two. */
class Opener {
  readonly #announce: Announce;
  readonly #sinks = new Map<string, Sink>();

  constructor(announce: Announce) {
    this.#announce = announce;
  }

  open(outputs: readonly LoggerOutputConfig[]): readonly LogOutput[] {
    return outputs.map(({ target, pattern }) => {
      const layout = pattern === null ? jsonLayout : patternLayout(pattern);
      return new LogOutput(this.#sinkOf(target), layout, this.#announce);
    });
  }

  get sinks(): Iterable<Sink> {
    return [...this.#sinks.values()];
  }

  #sinkOf(target: LoggerOutputConfig['target']): Sink {
    const key = target.kind === 'file' ? target.path : JSON.stringify(target);
    const sink = this.#sinks.get(key) ?? openSink(target, this.#announce);
    this.#sinks.set(key, sink);
    return sink;
  }
}

function openSink(target: LoggerOutputConfig['target'], announce: Announce): Sink {
  switch (target.kind) {
    case 'file':
      return new FileSink(target, announce);
    case 'syslog':
      return new SyslogSink(target.facility);
    default:
      return standardSink(target.kind);
  }
}
