/** What every output of the log is, and the count of what one of them loses. */
import type { Layout, LogEvent } from './line.ts';
import type { LogId } from './messages.ts';

/** The end of the way: a file, a stream, the system's log. None of them may stop or throw. */
export interface Sink {
  /** How the configuration calls it. */
  readonly name: string;
  /** @returns null, or why the text is lost */
  write(text: string, event: LogEvent): string | null;
  /** Frees what the sink holds; standard output and standard error stay open. */
  close(): void;
}

/** Says something about the log in the log. */
export type Announce = (id: LogId, fields: Readonly<Record<string, unknown>>) => void;

/** An output that works now and then would otherwise fill the log with its own troubles. */
const REPORT_INTERVAL_MS = 10_000;

/** A sink with a layout. A full disk must not stop the service, but what is lost on the way is counted and said. */
export class LogOutput {
  readonly #sink: Sink;
  readonly #layout: Layout;
  readonly #announce: Announce;
  #lost = 0;
  /** When the loss was said that goes on, in milliseconds of the wall clock. */
  #saidMs = 0;

  constructor(sink: Sink, layout: Layout, announce: Announce) {
    this.#sink = sink;
    this.#layout = layout;
    this.#announce = announce;
  }

  /** @returns whether the event arrived */
  write(event: LogEvent): boolean {
    const reason = this.#sink.write(this.#layout(event), event);
    const nowMs = event.time.getTime();
    if (reason !== null) this.#lose(reason, nowMs);
    else if (this.#lost > 0 && Math.abs(nowMs - this.#saidMs) >= REPORT_INTERVAL_MS) {
      const lost = this.#lost;
      this.#lost = 0;
      this.#announce('TDM_LOG_LINES_LOST', { output: this.#sink.name, lost });
    }
    return reason === null;
  }

  /** Only the first of a row of losses is news; their number follows when lines arrive again. */
  #lose(reason: string, nowMs: number): void {
    this.#lost++;
    if (this.#lost > 1) return;
    this.#saidMs = nowMs;
    this.#announce('TDM_LOG_OUTPUT_FAILED', { output: this.#sink.name, reason });
  }
}
