/** Gathers what main wants to hear of records, until the end of a turn. */
import type { UpdateFamily } from '../lease/update-family.ts';
import type { ClientKey, StreamRefusal, UpdateNews } from '../peer/model.ts';
import { RefusalCode } from './ack.ts';
import type { RecordOutcomes } from './outbound.ts';

interface Gathered extends UpdateNews {
  hasAccepted: boolean;
  readonly accepted: ClientKey[];
  readonly conflicts: ClientKey[];
  conflictReason: string;
  readonly refusals: ClientKey[];
  refusalReason: string;
}

function nothing(): Gathered {
  return {
    hasAccepted: false,
    accepted: [],
    conflicts: [],
    conflictReason: '',
    refusals: [],
    refusalReason: '',
  };
}

export class NewsOfRecords implements RecordOutcomes {
  readonly #family: UpdateFamily;
  #news = nothing();
  #delivered: StreamRefusal[] = [];
  wantsAccepted = false;

  constructor(family: UpdateFamily) {
    this.#family = family;
  }

  refused(bytes: Uint8Array, length: number, code: number, reason: string): void {
    const client = this.#family.clientOf(bytes, 0, length);
    if (code === RefusalCode.conflict) {
      if (this.#news.conflicts.push(client) === 1) this.#news.conflictReason = reason;
    } else if (this.#news.refusals.push(client) === 1) this.#news.refusalReason = reason;
  }

  accepted(bytes: Uint8Array, length: number): void {
    this.#news.accepted.push(this.#family.clientOf(bytes, 0, length));
  }

  someAccepted(): void {
    this.#news.hasAccepted = true;
  }

  refusedDelivery(refusal: StreamRefusal): void {
    this.#delivered.push(refusal);
  }

  /** What was refused of main's own records. */
  takeDelivered(): readonly StreamRefusal[] {
    const delivered = this.#delivered;
    this.#delivered = [];
    return delivered;
  }

  /** What main is to hear now, or null. */
  take(): UpdateNews | null {
    const { accepted, conflicts, refusals } = this.#news;
    if (accepted.length + conflicts.length + refusals.length === 0) return null;
    const news = this.#news;
    this.#news = nothing();
    return news;
  }
}
