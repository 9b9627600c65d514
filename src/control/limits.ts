/**
 * Every bound of the control API. What comes over these sockets is hostile until proven otherwise, and a command runs
 * on the thread that also serves the partner, so that each bound also limits how long that thread can be held up.
 */

/** A command that carries a configuration of 20,000 subnets has about 8 MiB. */
export const COMMAND_BYTES_MAX = 32 * 1024 * 1024;

/** Unfinished commands of all unix connections together: two of the largest. */
export const COMMAND_BYTES_PENDING_MAX = 2 * COMMAND_BYTES_MAX;

/** Brackets open at once; a configuration needs about 12, user contexts a few more. */
export const JSON_DEPTH_MAX = 100;

/** Unix connections open at once; when one more comes, the oldest unfinished one is closed. */
export const UNIX_CONNECTIONS_MAX = 64;

/** As Kea: a connection that stays silent this long is answered with a timeout and closed. */
export const UNIX_IDLE_MS = 10_000;

/** A command that dribbles in has to be complete within this time. */
export const UNIX_COMMAND_MS = 60_000;

/** Bytes that a client may still send after its command before it is cut off; they are thrown away. */
export const UNIX_LEFTOVER_BYTES_MAX = 1024 * 1024;

/** sun_path holds 108 octets, the last one NUL. */
export const UNIX_PATH_BYTES_MAX = 107;

/** Subnets with metrics of their own: 500 take 20 ms of the main thread a scrape. With more there are only the sums. */
export const SUBNET_METRICS_MAX = 500;

/** Pools with metrics of their own, those of one subnet and number counted together: as many, with half as many series each. */
export const POOL_METRICS_MAX = 500;

/** Interfaces with a metric of their own, those that are not served first: a concentrator may have thousands. */
export const INTERFACE_METRICS_MAX = 500;
