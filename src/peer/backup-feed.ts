/**
 * The way of lease updates to the backups: in every mode, at a pace of its own, so that neither the partner waits for them
 * nor they for the partner. Only where there is no partner may clients wait for them (wait-backup-ack).
 */
import { UpdateRecord } from '../engine/parked/shard-link.ts';
import { BackupLink } from './backups.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import { RECORDS_PER_TURN_MAX, type SendLimits } from './limits.ts';
import type { DispatcherSettings } from './model.ts';
import { holdUpdate } from './request.ts';
import { TransactionDesk } from './transactions.ts';
import { type LoggedUpdate, UpdateLogReader } from './update-log.ts';

export class BackupFeed {
  readonly #backups: readonly BackupLink[];
  readonly #desk: TransactionDesk;
  readonly #updates: UpdateLogReader;
  /** Whether verdicts are given here. */
  readonly #isAlone: boolean;
  #isClosed = false;
  #settings: DispatcherSettings;

  /** @param limits shared with the senders, which ask before each request */
  constructor(parts: DispatcherParts, limits: SendLimits) {
    const { family, clock, log, verdicts, wake, partner, updates } = parts;
    const desk = new TransactionDesk(verdicts, wake);
    this.#desk = desk;
    this.#isAlone = partner === null;
    this.#settings = parts;
    const settings = () => this.#settings;
    this.#backups = parts.backups.map(
      (backup) => new BackupLink({ family, backup, settings, limits, desk, clock, log }),
    );
    this.#updates = new UpdateLogReader(family, updates, this.#isAlone ? 0 : 1, () => this.pump());
  }

  /** Works by other settings from now on. */
  retune(settings: DispatcherSettings): void {
    this.#settings = settings;
  }

  /** Moves updates from the log into the queues of the backups, and out of these what can be sent. */
  pump(): void {
    if (this.#isClosed) return;
    this.#updates.mark();
    const isMore = this.#drain();
    for (const backup of this.#backups) backup.pump();
    this.#desk.flush();
    if (isMore) setImmediate(() => this.pump());
    else this.#updates.watch();
  }

  /** @returns whether there may be more to take at once */
  #drain(): boolean {
    for (let left = RECORDS_PER_TURN_MAX; left > 0; left--) {
      const update = this.#updates.next();
      if (update === null) {
        this.#updates.release();
        return false;
      }
      this.#take(update);
    }
    this.#updates.release();
    return true;
  }

  #take(update: LoggedUpdate): void {
    const { kind } = update;
    const isAwaited = this.#isAlone && (kind & UpdateRecord.awaited) !== 0;
    const transaction = isAwaited ? this.#desk.of(kind, update.transaction) : null;
    const held = holdUpdate(update, []);
    for (const backup of this.#backups) backup.push(held, this.#settings.waitBackupAck ? transaction : null);
    if (transaction !== null) this.#desk.recordTaken(transaction, (kind & UpdateRecord.last) !== 0);
  }

  /** Takes no more updates; resolves when no request is in flight. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#updates.close();
    await Promise.all(this.#backups.map((backup) => backup.close()));
  }
}
