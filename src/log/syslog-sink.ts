/** The system's log as an end of the log: RFC 3164 as /dev/log takes it, priority, time and program in front of the line. */

import { formatDate } from '../base/date.ts';
import { SyslogFacility } from '../config/model.ts';
import { LogSocket } from '../io/log-socket.ts';
import type { LogEvent, Severity } from './line.ts';
import type { Sink } from './output.ts';

const SOCKET_PATH = '/dev/log';

/** RFC 3164 section 4.1.1. */
const PRIORITIES = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7 } as const satisfies Record<
  Severity,
  number
>;

export class SyslogSink implements Sink {
  readonly name: string;
  readonly #facility: number;
  /** What Kea calls itself there. */
  readonly #program: string;
  readonly #socket: LogSocket;

  constructor(facility: keyof typeof SyslogFacility, family: 4 | 6, socketPath = SOCKET_PATH) {
    this.#program = `kea-dhcp${family}`;
    this.name = `syslog:${facility}`;
    this.#facility = SyslogFacility[facility];
    this.#socket = new LogSocket(socketPath);
  }

  write(text: string, { severity, time }: LogEvent): string | null {
    const priority = this.#facility * 8 + PRIORITIES[severity];
    const date = formatDate('%b %e %H:%M:%S', time, false);
    return this.#socket.send(`<${priority}>${date} ${this.#program}[${process.pid}]: ${text.trimEnd()}`);
  }

  close(): void {
    this.#socket.close();
  }
}
