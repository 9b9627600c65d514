/** Every bound of the lease stream. */

/** Octets of a frame behind its length; what says it has more ends the connection. */
export const FRAME_BYTES_MAX = 1 << 20;

/** A frame of ours is closed when it has so many octets: the partner begins to work on it while the next one travels. */
export const FRAME_FILL_BYTES = 1 << 15;

/** Records sent and not acknowledged, at most; also what we say that we take. A power of two. */
export const WINDOW_RECORDS = 1 << 14;

/** A partner that takes fewer could not be sent the largest transaction. */
export const WINDOW_RECORDS_MIN = 16;

/** Octets of records sent and not acknowledged, a power of two: 14,000 of usual length. */
export const WINDOW_BYTES = 1 << 21;

/** The largest transaction: a client's old lease and its new one, each of up to a whole record of the update log. */
export const TRANSACTION_RECORDS_MAX = 8;
export const TRANSACTION_BYTES_MAX = 4 * 65_536;

/** Acknowledgements and farewells that the partner has not taken yet, a power of two. */
export const CONTROL_BYTES = 1 << 18;

/** Refusals in one acknowledgement; the others follow in the next. */
export const REFUSALS_PER_FRAME_MAX = 256;

/** Octets of a name in a hello, of a text in a farewell. */
export const NAME_BYTES_MAX = 255;
/** Octets of the reason of a refusal. */
export const REASON_BYTES_MAX = 255;

/** Records that wait for the main thread's ear, a power of two: of three frames of the longest. Pages never touched cost nothing. */
export const TOLD_BYTES = 1 << 22;

/** Between the opening of a connection and the partner's hello. */
export const HELLO_TIMEOUT_MS = 5_000;

/** Without an acknowledgement for so long while something is not acknowledged the stream has failed (Kea: 10 s). */
export const ACKNOWLEDGE_TIMEOUT_MS = 10_000;

/** Octets read from one connection in a turn, about, which is some 600 rows and two milliseconds: then the others get theirs. */
export const READ_PER_TURN_BYTES = 1 << 16;

/** Between two messages to main that updates were completed: the state machine looks around no more often. */
export const COMPLETED_EVERY_MS = 100;

/** The longest sleep while nothing has a deadline. */
export const SLEEP_MS_MAX = 1_000;
/** The same while something has. */
export const SLEEP_MS_WITH_DEADLINE = 250;

/** When the server stops, so long the partner has for what is on its way. */
export const STOP_GRACE_MS = 500;

/** Rows of a synchronization sent and not yet on the other side's disk, at most; less than WINDOW_RECORDS. */
export const ROWS_WINDOW = 1 << 13;

/** Octets of rows that the kernel has not taken, a power of two: what waits there delays no lease update for long. */
export const ROWS_BYTES = 1 << 17;

/** Rows looked for in one turn of the thread, free ones included: less than a millisecond, then the others get their turn. */
export const ROWS_PER_TURN_MAX = 1 << 9;

/** Rows of the table looked at under one lock: some 10 µs, for which a shard may wait. */
export const ROWS_PER_LOCK = 16;

/** Without a word from the other side for so long a synchronization has failed. */
export const SYNC_TIMEOUT_MS = 10_000;

/** Leases that a synchronization has skipped, or the partner has refused, and that are named in the log. */
export const NAMED_MAX = 5;

/** Octets that one envelope holds at most, as many as a record of TLS: the rule for ENVELOPES_PER_KEY is made for that. */
export const ENVELOPE_BYTES_MAX = 1 << 14;

/** Envelopes that one key seals; then both sides go on with the next one. AES-GCM is good for 2^24.5 (RFC 8446 5.5). */
export const ENVELOPES_PER_KEY = 2 ** 24;

/** Envelopes of one direction of a connection, long before a sequence number could come again. */
export const ENVELOPES_MAX = 2 ** 48;
