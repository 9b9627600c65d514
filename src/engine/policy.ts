/**
 * The policy: what the state machine on main allows the shards to do. Main publishes it, a shard reads it once a batch
 * and confirms the version it has read, so that main can wait until no query is served by the old rules any more.
 */

/** What happens to the lease updates of a query. */
export const UpdateMode = {
  /** No partner is configured, or lease updates are switched off: no records are written for main. */
  off: 0,
  /** Records go to main, the answer does not wait for a peer (backups, backlog, unsent counting). */
  record: 1,
  /** Records go to main and the answer is parked until main gives a verdict on the transaction. */
  await: 2,
} as const;
export type UpdateMode = (typeof UpdateMode)[keyof typeof UpdateMode];

export interface Policy {
  /** False: queries are dropped on arrival. */
  readonly serviceEnabled: boolean;
  /** Active servers that share the queries by hash: 0 = no high availability, 1 = all belong to the primary, 2 = load-balancing. */
  readonly activeServers: 0 | 1 | 2;
  /** Bit 0: the primary's scope is served here; bit 1: the secondary's. */
  readonly scopes: number;
  readonly updateMode: UpdateMode;
  /** True while the partner is silent: queries out of scope are reported to main as observations. */
  readonly observeOutOfScope: boolean;
}

const VERSION = 0;
const FIELDS = 1;
const WORDS = 8;

export function allocatePolicy(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * 4);
}

/** Main's side: publishes a policy and returns its version, > 0 and growing by 2. */
export function publishPolicy(words: Int32Array, policy: Policy): number {
  // A sequence lock: odd while the fields change, so that a reader never mixes two policies.
  Atomics.add(words, VERSION, 1);
  Atomics.store(words, FIELDS, policy.serviceEnabled ? 1 : 0);
  Atomics.store(words, FIELDS + 1, policy.activeServers);
  Atomics.store(words, FIELDS + 2, policy.scopes);
  Atomics.store(words, FIELDS + 3, policy.updateMode);
  Atomics.store(words, FIELDS + 4, policy.observeOutOfScope ? 1 : 0);
  return Atomics.add(words, VERSION, 1) + 1;
}

/** A shard's copy, refreshed in place so that the hot path reads plain fields. */
export class PolicyView {
  readonly #words: Int32Array;
  version = 0;
  serviceEnabled = 0;
  activeServers = 0;
  scopes = 0;
  updateMode: number = UpdateMode.off;
  observeOutOfScope = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Takes over the newest policy if there is one; true when something was read. */
  refresh(): boolean {
    const words = this.#words;
    if (Atomics.load(words, VERSION) === this.version) return false;
    for (;;) {
      const before = Atomics.load(words, VERSION);
      this.serviceEnabled = Atomics.load(words, FIELDS);
      this.activeServers = Atomics.load(words, FIELDS + 1);
      this.scopes = Atomics.load(words, FIELDS + 2);
      this.updateMode = Atomics.load(words, FIELDS + 3);
      this.observeOutOfScope = Atomics.load(words, FIELDS + 4);
      if ((before & 1) === 0 && Atomics.load(words, VERSION) === before) {
        this.version = before;
        return true;
      }
    }
  }
}
