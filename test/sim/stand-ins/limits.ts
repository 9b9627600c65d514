/** In place of src/limits.ts: servers of a few dozen clients start in a fraction of the time, and their rings come round. */
// biome-ignore lint/performance/noBarrelFile: the image finds here all that the module has for which this one stands
export { LEASES_MAX, LEASES_MIN, RELATIONSHIPS_MAX, SHARDS_MAX } from '../../../src/limits.ts';

export const PARKED_MAX = 256;
export const CHANGE_LOG_BYTES = 1 << 18;
export const UPDATE_LOG_BYTES = 1 << 18;
export const LEASE_EVENTS_BYTES = 1 << 18;
export const DNS_LOG_BYTES = 1 << 18;
