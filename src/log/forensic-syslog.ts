/** The forensic log in the system's log, which puts the time in front of each message. */
import type { LegalSyslogConfig } from '../config/hook-model.ts';
import { patternLayout } from './pattern.ts';
import { SyslogSink } from './syslog-sink.ts';

/** [Kea] The form of a message where nobody asks for another; the logger has the words of its library. */
const PATTERN = '%-5p [%c.%t] %m\n';
const LOGGER = 'kea-dhcp4.legal-log';
const ID = 'LEGAL_LOG_SYSLOG';

export class ForensicSyslog {
  readonly name: string;
  readonly #sink: SyslogSink;
  readonly #layout: ReturnType<typeof patternLayout>;

  /** @param socketPath of the daemon, where it is not the usual one */
  constructor({ facility, pattern }: LegalSyslogConfig, socketPath?: string) {
    this.#sink = new SyslogSink(facility, socketPath);
    this.#layout = patternLayout(pattern ?? PATTERN);
    this.name = this.#sink.name;
  }

  /** @returns null, or the name of the error for which the message was not sent; EAGAIN = it may be in a moment */
  send(text: string, time: Date): string | null {
    const event = { id: ID, severity: 'info', logger: LOGGER, text, fields: {}, time, json: '' } as const;
    return this.#sink.write(this.#layout(event), event);
  }

  close(): void {
    this.#sink.close();
  }
}
