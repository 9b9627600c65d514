/**
 * Kea's legal_log library: a line for each lease that a client got, renewed or gave back, in files by date. Lines are
 * written in the order of the events, some milliseconds after the lease itself is on the disk.
 */
import type { Clock } from '../base/clock.ts';
import { formatDate } from '../base/date.ts';
import type { LegalLogConfig } from '../config/hook-model.ts';
import type { ArgumentMap, LeaseCommandName, LeaseEvent, LeaseEventListener } from '../events/event.ts';
import type { Log } from '../log/logger.ts';
import { DatedFile } from './dated-file.ts';
import { commandEntry } from './legal-command.ts';
import { legalEntries } from './legal-entry.ts';
import { startProgram } from './program.ts';

export class LegalLog implements LeaseEventListener {
  readonly #config: LegalLogConfig;
  readonly #isWanted: (subnetId: number) => boolean;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #file: DatedFile;
  #lines = '';
  #isScheduled = false;
  #isFailing = false;
  #lost = 0;

  /**
   * @param isWanted whether leases of a subnet are to be logged
   * @throws an Error of the file system when the file cannot be opened or made
   */
  constructor(config: LegalLogConfig, isWanted: (subnetId: number) => boolean, clock: Clock, log: Log) {
    this.#config = config;
    this.#isWanted = isWanted;
    this.#clock = clock;
    this.#log = log;
    this.#file = new DatedFile(config, this.#now(), (former, next) => {
      this.#run(config.prerotate, former);
      this.#run(config.postrotate, next);
    });
  }

  take(event: LeaseEvent): void {
    for (const { subnetId, text } of legalEntries(event, this.#config.formats))
      if (this.#isWanted(subnetId)) this.#write(text);
  }

  command(command: LeaseCommandName, args: ArgumentMap): void {
    const entry = commandEntry(command, args, this.#clock.wallSec());
    if (entry !== null && (entry.subnetId === null || this.#isWanted(entry.subnetId)))
      this.#write(entry.text);
  }

  /** @param text one line, or several by the format of the administrator */
  #write(text: string): void {
    const time = formatDate(this.#config.timestampFormat, this.#now(), false);
    for (const line of linesOf(text)) this.#lines += `${time} ${line}\n`;
    if (this.#lines === '' || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  async close(): Promise<void> {
    this.#flush();
    this.#file.close();
  }

  #now(): Date {
    return new Date(this.#clock.wallMs());
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    try {
      this.#file.write(lines, this.#now());
      if (this.#isFailing)
        this.#log('TDM_EVENTS_LEGAL_LOG_GOES_ON', { file: this.#file.path, lost: this.#lost });
      this.#isFailing = false;
    } catch (error) {
      this.#lost += lines.split('\n').length - 1;
      if (!this.#isFailing)
        this.#log('TDM_EVENTS_LEGAL_LOG_FAILED', { file: this.#file.path, reason: (error as Error).message });
      this.#isFailing = true;
    }
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

/** The texts of clients cannot end a line in Kea's own form; in a format of the administrator they can, as in Kea. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
