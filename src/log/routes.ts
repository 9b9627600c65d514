/**
 * Which outputs an event goes to. Loggers form a tree by the dots of their names: an event goes by the most special logger that
 * the configuration has, `kea-dhcp4.ha-hooks` before `kea-dhcp4`; without any, by standard output. Those of a DHCPv6 server have
 * its number in their names.
 */
import { LOGGER_NAMES_6 } from '../config/dhcp6/model.ts';
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

export type LogFamily = 4 | 6;

/** The loggers of a family. */
const NAMES: Readonly<Record<LogFamily, readonly string[]>> = { 4: LOGGER_NAMES, 6: LOGGER_NAMES_6 };

/** The logger that speaks for the whole program. */
function rootOf(family: LogFamily): string {
  return `kea-dhcp${family}`;
}

/** The loggers of the parts of the program, by the word behind TDM_ in the ids; the family stands in the place of the #. */
const LOGGER_OF_AREA: Readonly<Record<string, string>> = {
  CONFIG: '.dhcp#',
  ENGINE: '.dhcp#',
  CONTROL: '.commands',
  HTTP: '.http',
  HA: '.ha-hooks',
  PEER: '.ha-hooks',
  JOURNAL: '.dhcpsrv',
  PERFMON: '.perfmon-hooks',
};

/** The logger that an event belongs to. */
export function loggerOf(id: LogId, family: LogFamily): string {
  const part = LOGGER_OF_AREA[id.split('_', 2)[1] ?? ''] ?? '';
  return rootOf(family) + part.replace('#', `${family}`);
}

interface Route {
  readonly level: LogLevel;
  readonly outputs: readonly LogOutput[];
}

export class Routes {
  readonly family: LogFamily;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #sinks: Iterable<Sink>;

  /** @param family whose loggers they are by; @param sinks what the outputs write to, each once */
  constructor(family: LogFamily, routes: ReadonlyMap<string, Route>, sinks: Iterable<Sink>) {
    this.family = family;
    this.#routes = routes;
    this.#sinks = sinks;
  }

  /** Where an event goes; none when nobody wants it. */
  outputsFor(logger: string, severity: Severity): readonly LogOutput[] {
    const route = this.#routes.get(logger) ?? this.#routes.get(rootOf(this.family))!;
    return RANKS[severity] >= RANKS[route.level] ? route.outputs : [];
  }

  close(): void {
    for (const sink of this.#sinks) sink.close();
  }
}

/** Everything at this level or above to one sink, as JSON, which names no logger: until it is known of which family the server is. */
export function singleRoute(level: LogLevel, sink: Sink, announce: Announce): Routes {
  const outputs = [new LogOutput(sink, jsonLayout, announce)];
  return new Routes(4, new Map([[rootOf(4), { level, outputs }]]), [sink]);
}

/**
 * Opens the outputs of a configuration. Of two loggers of the same name the last one counts, as in Kea.
 * @throws TDM_ERR_LOG_FILE when a file cannot be opened; nothing stays open
 */
export function openRoutes(loggers: readonly LoggerConfig[], family: LogFamily, announce: Announce): Routes {
  const opener = new Opener(family, announce);
  const byName = new Map(loggers.map((logger) => [logger.name, logger]));
  const rootName = rootOf(family);
  const root = byName.get(rootName);
  const routes = new Map<string, Route>();
  try {
    const standard = (): readonly LogOutput[] => opener.open([{ target: { kind: 'stdout' }, pattern: null }]);
    const rootOutputs =
      root !== undefined && root.outputs.length > 0 ? opener.open(root.outputs) : standard();
    routes.set(rootName, { level: levelOfSeverity[root?.severity ?? 'INFO'], outputs: rootOutputs });
    for (const name of NAMES[family]) {
      const logger = byName.get(name);
      if (logger === undefined || name === rootName) continue;
      const outputs = logger.outputs.length > 0 ? opener.open(logger.outputs) : rootOutputs;
      routes.set(name, { level: levelOfSeverity[logger.severity], outputs });
    }
  } catch (error) {
    for (const sink of opener.sinks) sink.close();
    throw error;
  }
  return new Routes(family, routes, opener.sinks);
}

/** Opens each target once: a file that two loggers name must not be rotated by two. */
class Opener {
  readonly #family: LogFamily;
  readonly #announce: Announce;
  readonly #sinks = new Map<string, Sink>();

  constructor(family: LogFamily, announce: Announce) {
    this.#family = family;
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
    const sink = this.#sinks.get(key) ?? openSink(target, this.#family, this.#announce);
    this.#sinks.set(key, sink);
    return sink;
  }
}

function openSink(target: LoggerOutputConfig['target'], family: LogFamily, announce: Announce): Sink {
  switch (target.kind) {
    case 'file':
      return new FileSink(target, announce);
    case 'syslog':
      return new SyslogSink(target.facility, family);
    default:
      return standardSink(target.kind);
  }
}
