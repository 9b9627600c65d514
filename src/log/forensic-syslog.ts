/** The forensic log in the system's log, which puts the time in front of each message. */
import type { LegalSyslogConfig } from '../config/hook-model.ts';
import { patternLayout } from './pattern.ts';
import { SyslogSink } from './syslog-sink.ts';

/** [Kea] The form of a message where nobody asks for another. */
const PATTERN = '%-5p [%c.%t] %m\n';
const ID = 'LEGAL_LOG_SYSLOG';

export class ForensicSyslog {
  readonly name: string;
  /** [Kea] With the words of the library. */
  readonly #logger: string;
  readonly #sink: SyslogSink;
  readonly #layout: ReturnType<typeof patternLayout>;

  /** @param socketPath of the daemon, where it is not the usual one */
  constructor({ facility, pattern }: LegalSyslogConfig, family: 4 | 6, socketPath?: string) {
    this.#logger = `kea-dhcp${family}.legal-log`;
    this.#sink = new SyslogSink(facility, family, socketPath);
    this.#layout = patternLayout(pattern ?? PATTERN);
    this.name = this.#sink.name;
  }

  /** @returns null, or the name of the error for which the message was not sent; EAGAIN = it may be in a moment */
  send(text: string, time: Date): string | null {
    const logger = this.#logger;
    const event = { id: ID, severity: 'info', logger, text, fields: {}, time, json: '' } as const;
    return this.#sink.write(this.#layout(event), event);
  }

  close(): void {
    this.#sink.close();
  }
}
