/** Gathers what main wants to hear of records, until the end of a turn. */
import { formatHex } from '../base/hex.ts';
import { emptyRecord, type LeaseRecord } from '../lease/record.ts';
import { decodeUpdateRecord } from '../lease/update-record.ts';
import type { ClientKey, UpdateNews } from '../peer/model.ts';
import { RefusalCode } from './ack.ts';
import type { RecordOutcomes } from './outbound.ts';

/** As in the update's JSON: a shorter identifier stands only where it is the only one. */
const CLIENT_ID_BYTES_MIN = 2;

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
  readonly #record = emptyRecord();
  #news = nothing();
  wantsAccepted = false;

  refused(bytes: Uint8Array, length: number, code: number, reason: string): void {
    const client = this.#clientOf(bytes, length);
    if (code === RefusalCode.conflict) {
      if (this.#news.conflicts.push(client) === 1) this.#news.conflictReason = reason;
    } else if (this.#news.refusals.push(client) === 1) this.#news.refusalReason = reason;
  }

  accepted(bytes: Uint8Array, length: number): void {
    this.#news.accepted.push(this.#clientOf(bytes, length));
  }

  someAccepted(): void {
    this.#news.hasAccepted = true;
  }

  /** What main is to hear now, or null. */
  take(): UpdateNews | null {
    const { accepted, conflicts, refusals } = this.#news;
    if (accepted.length + conflicts.length + refusals.length === 0) return null;
    const news = this.#news;
    this.#news = nothing();
    return news;
  }

  #clientOf(bytes: Uint8Array, length: number): ClientKey {
    decodeUpdateRecord(bytes, 0, length, this.#record);
    return clientOfRecord(this.#record);
  }
}

function clientOfRecord(record: LeaseRecord): ClientKey {
  const { hw, hwOffset, hwLength, clientId, clientIdOffset, clientIdLength } = record;
  const isShown = clientIdLength >= CLIENT_ID_BYTES_MIN || hwLength === 0;
  return {
    hwAddress: formatHex(hw.subarray(hwOffset, hwOffset + hwLength)),
    clientId: isShown ? formatHex(clientId.subarray(clientIdOffset, clientIdOffset + clientIdLength)) : '',
  };
}
