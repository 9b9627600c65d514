/**
 * Kea's legal_log library: a line for each lease that a client got, renewed or gave back, in files by date or in the system's log.
 * Lines are written in the order of the events, some milliseconds after the lease itself is on the disk.
 */
import type { Clock } from '../base/clock.ts';
import type { LegalFormats, LegalLogConfig, LegalSyslogConfig } from '../config/hook-model.ts';
import type { ArgumentMap, LeaseCommandName, LeaseEventListener } from '../events/event.ts';
import type { Log } from '../log/logger.ts';
import type { CommandEntry } from './command-entry.ts';
import { LegalFile, LegalMessages, type LegalOutput, type MessageSink } from './legal-output.ts';
import type { LegalEntry } from './legal-text.ts';
import { startProgram } from './program.ts';

/** Characters that wait while the daemon of the system's log is busy; what is more is lost and counted. */
const WAITING_MAX = 1 << 22;
/** Some daemons' sockets hold ten messages and no more: a thousand times a second they take what is written of any load. */
const BUSY_WAIT_MS = 1;
/** How often what waits is tried again at the end: for more than a second. */
const LAST_TRIES = 1000;

/** What a family has of lines. */
export interface LegalLines<Event> {
  /** @param formats of the administrator, null = Kea's own lines */
  entriesOf(event: Event, formats: LegalFormats | null): readonly LegalEntry[];
  readonly commandEntry: CommandEntry;
}

export class LegalLog<Event> implements LeaseEventListener<Event> {
  readonly #config: LegalLogConfig;
  readonly #lines: LegalLines<Event>;
  readonly #isWanted: (subnetId: number) => boolean;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #output: LegalOutput;
  #pieces: string[] = [];
  #waiting = 0;
  #isScheduled = false;
  #isFailing = false;
  #lost = 0;

  /**
   * @param isWanted whether leases of a subnet are to be logged
   * @param openSyslog opens the system's log, where that is asked for
   * @throws an Error of the file system when the file cannot be opened or made
   */
  constructor(
    config: LegalLogConfig,
    lines: LegalLines<Event>,
    isWanted: (subnetId: number) => boolean,
    clock: Clock,
    log: Log,
    openSyslog: (config: LegalSyslogConfig) => MessageSink,
  ) {
    const { target } = config;
    this.#config = config;
    this.#lines = lines;
    this.#isWanted = isWanted;
    this.#clock = clock;
    this.#log = log;
    this.#output =
      target.kind === 'syslog'
        ? new LegalMessages(openSyslog(target))
        : new LegalFile(target, this.#now(), (former, next) => {
            this.#run(target.prerotate, former);
            this.#run(target.postrotate, next);
          });
  }

  take(event: Event): void {
    for (const entry of this.#lines.entriesOf(event, this.#config.formats)) this.#writeWanted(entry);
  }

  command(command: LeaseCommandName, args: ArgumentMap): void {
    const entry = this.#lines.commandEntry(command, args, this.#clock.wallSec());
    if (entry !== null) this.#writeWanted(entry);
  }

  #writeWanted({ subnetId, text }: LegalEntry): void {
    if (subnetId === null || this.#isWanted(subnetId)) this.#write(text);
  }

  /** @param text one line, or several by the format of the administrator */
  #write(text: string): void {
    for (const piece of this.#output.piecesOf(text, this.#now())) {
      if (this.#waiting + piece.length > WAITING_MAX) {
        this.#lose(1, 'too much waits for it');
        continue;
      }
      this.#pieces.push(piece);
      this.#waiting += piece.length;
    }
    if (this.#pieces.length === 0 || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  async close(): Promise<void> {
    for (let i = 0; i < LAST_TRIES && this.#pieces.length > 0; i++) {
      if (i > 0) await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
      this.#flush();
    }
    if (this.#pieces.length > 0) this.#lose(this.#pieces.length, 'it is busy');
    this.#pieces = [];
    this.#output.close();
  }

  #now(): Date {
    return new Date(this.#clock.wallMs());
  }

  #flush(): void {
    this.#isScheduled = false;
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    const { count, reason, isBusy } = this.#output.write(pieces, this.#now());
    this.#pieces = isBusy ? pieces.slice(count) : [];
    this.#waiting = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    if (reason === null) this.#succeed();
    else if (isBusy) this.#tryAgain();
    else this.#lose(pieces.length - count, reason);
  }

  #tryAgain(): void {
    this.#isScheduled = true;
    setTimeout(() => this.#flush(), BUSY_WAIT_MS);
  }

  #succeed(): void {
    if (this.#isFailing)
      this.#log('TDM_EVENTS_LEGAL_LOG_GOES_ON', { file: this.#output.name, lost: this.#lost });
    this.#isFailing = false;
  }

  #lose(count: number, reason: string): void {
    this.#lost += count;
    if (!this.#isFailing) this.#log('TDM_EVENTS_LEGAL_LOG_FAILED', { file: this.#output.name, reason });
    this.#isFailing = true;
  }

  /** Nobody waits for the program. */
  #run(program: string | null, file: string): void {
    if (program === null) return;
    const child = startProgram(program, [file]);
    child.on('error', (error) =>
      this.#log('TDM_EVENTS_SCRIPT_FAILED', { script: program, reason: error.message }),
    );
    child.unref();
  }
}
