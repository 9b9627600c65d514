/** A synchronization by the stream of one relationship, as the main thread of the server that asks sees it. */
import { systemClock } from '../base/clock.ts';
import type { LeaseSource, StreamSync, SyncHow, SyncProgress } from '../peer/model.ts';
import { readFigures } from './figures.ts';
import type { LinkOrder, SyncReport } from './messages.ts';
import { SyncKind } from './sync-frames.ts';

export interface PartnerSyncParts {
  readonly send: (order: LinkOrder) => void;
  /** The connection that is up, or null. */
  readonly key: () => { readonly route: number; readonly connection: number } | null;
  readonly figures: SharedArrayBuffer;
}

interface Running {
  readonly key: { readonly route: number; readonly connection: number };
  readonly startMs: number;
  readonly resolve: (outcome: StreamSync) => void;
}

export class PartnerSync implements LeaseSource {
  readonly #parts: PartnerSyncParts;
  #running: Running | null = null;

  constructor(parts: PartnerSyncParts) {
    this.#parts = parts;
  }

  synchronize(how: SyncHow, subnets: ReadonlySet<number> | null): Promise<StreamSync> {
    const key = this.#parts.key();
    if (key === null || this.#running !== null)
      return Promise.resolve({ kind: 'refused', reason: 'no lease stream is there for it' });
    return new Promise((resolve) => {
      this.#running = { key, startMs: systemClock.monotonicMs(), resolve };
      this.#parts.send({ kind: 'synchronize', ...key, how: SyncKind[how], subnets });
    });
  }

  abandon(reason: string): void {
    if (this.#running !== null) this.#parts.send({ kind: 'abandon', ...this.#running.key, reason });
  }

  progress(): SyncProgress | null {
    if (this.#running === null) return null;
    const { syncRows: rows, syncRowsTotal: total } = readFigures(this.#parts.figures);
    const seconds = Math.max(0.001, (systemClock.monotonicMs() - this.#running.startMs) / 1000);
    return { rows, total, perSecond: Math.round(rows / seconds) };
  }

  /** For people: how far it is, as the end of a sentence; empty while none is under way. */
  fact(): string {
    const progress = this.progress();
    if (progress === null) return '';
    const { rows, total, perSecond } = progress;
    const left = perSecond === 0 ? '' : `, about ${Math.ceil(Math.max(0, total - rows) / perSecond)} s left`;
    return `; a synchronization has taken ${rows} of about ${total} leases, ${perSecond} a second${left}`;
  }

  heard(connection: number, report: Exclude<SyncReport, { kind: 'asked' }>): void {
    if (this.#running?.key.connection !== connection) return;
    if (report.kind === 'done') this.#end(report);
    else if (report.refused !== null) this.#end({ kind: 'refused', reason: report.refused });
  }

  /** A connection has ended. */
  ended(connection: number, reason: string): void {
    if (this.#running?.key.connection === connection) this.#end({ kind: 'failed', reason });
  }

  #end(outcome: StreamSync): void {
    const running = this.#running;
    this.#running = null;
    running?.resolve(outcome);
  }
}
