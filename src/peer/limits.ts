/** Every bound of the peer link. */

/** How many lease updates travel at once by request. */
export interface SendLimits {
  /** Requests in flight to one peer; at most its connections, or they would wait unseen. */
  readonly requestsInFlightMax: number;
}

/** A request takes no more leases when its records have so many octets. */
export const REQUEST_RECORD_BYTES_MAX = 64 * 1024;

/** A peer that has not answered an update after this time has failed (Kea: 10 s). */
export const UPDATE_TIMEOUT_MS = 10_000;

/** Leases sent as they stand by a stream in one portion, and their octets: what a stream has on its way at once. */
export const DELIVERY_RECORDS_MAX = 2_048;
export const DELIVERY_BYTES_MAX = 256 * 1024;

/** Records taken from the update log in one turn of the event loop: some 5 ms. */
export const RECORDS_PER_TURN_MAX = 8_192;

/** The update log is looked at this often even if nobody rings; also paces the next try to a failed backup. */
export const TICK_MS = 100;

/** Records that wait for one backup, about 16 MB at most times; the oldest give way. */
export const BACKUP_QUEUE_RECORDS_MAX = 32_768;
export const BACKUP_QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** Pause after a failed request to a backup, so that a dead one costs no processor. */
export const BACKUP_PAUSE_MS = 1_000;

/** Addresses whose lease is sent once more when the partner answers again: what clients ask for in some seconds of silence. */
export const OWED_ADDRESSES_MAX = 65_536;
