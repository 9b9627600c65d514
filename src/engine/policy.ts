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
  /** Whether a lease that is fresh may be answered without being written again: Kea's cache-threshold. */
  readonly reusesLeases: boolean;
  /** True while the partner is silent: queries out of scope are reported to main as observations. */
  readonly observeOutOfScope: boolean;
  /** The longest client identifier that the partner can hold: a client with a longer one is not served at all. */
  readonly clientIdBytesMax: number;
}

/** No identifier is longer: the length octet of option 61 (RFC 2132 9.14), and 130 of a DUID. */
const CLIENT_ID_BYTES_MAX = 255;

/** The policy of a server without high availability. @param serviceEnabled whether it answers at all */
export function standalonePolicy(serviceEnabled: boolean): Policy {
  return {
    serviceEnabled,
    activeServers: 0,
    scopes: 0,
    updateMode: UpdateMode.off,
    reusesLeases: true,
    observeOutOfScope: false,
    clientIdBytesMax: CLIENT_ID_BYTES_MAX,
  };
}

const VERSION = 0;
const BLOCKS = 1;
const SERVICE_ENABLED = 0;
const ACTIVE_SERVERS = 1;
const SCOPES = 2;
const UPDATE_MODE = 3;
const OBSERVE = 4;
const CLIENT_ID_MAX = 5;
const REUSES_LEASES = 6;
const BLOCK_WORDS = 7;

/**
 * @param relationships each has a policy of its own; without high availability there is one all the same
 * @param before policies for another number of relationships: those that both have are taken over, and versions go on,
 *   so that nobody waits for ever for one that was published before
 */
export function allocatePolicies(relationships: number, before?: SharedArrayBuffer): SharedArrayBuffer {
  const words = new Int32Array(new SharedArrayBuffer((BLOCKS + relationships * BLOCK_WORDS) * 4));
  if (before !== undefined) words.set(new Int32Array(before).subarray(0, words.length));
  return words.buffer;
}

/** Main's side: publishes the policy of one relationship and returns the version, > 0 and growing by 2. */
export function publishPolicy(words: Int32Array, relationship: number, policy: Policy): number {
  const at = BLOCKS + relationship * BLOCK_WORDS;
  // A sequence lock: odd while the fields change, so that a reader never mixes two policies.
  Atomics.add(words, VERSION, 1);
  Atomics.store(words, at + SERVICE_ENABLED, policy.serviceEnabled ? 1 : 0);
  Atomics.store(words, at + ACTIVE_SERVERS, policy.activeServers);
  Atomics.store(words, at + SCOPES, policy.scopes);
  Atomics.store(words, at + UPDATE_MODE, policy.updateMode);
  Atomics.store(words, at + OBSERVE, policy.observeOutOfScope ? 1 : 0);
  Atomics.store(words, at + CLIENT_ID_MAX, policy.clientIdBytesMax);
  Atomics.store(words, at + REUSES_LEASES, policy.reusesLeases ? 1 : 0);
  return Atomics.add(words, VERSION, 1) + 1;
}

/** A shard's copy, refreshed in place so that the hot path reads plain fields: those of the relationship chosen last. */
export class PolicyView {
  readonly #words: Int32Array;
  readonly #copy: Int32Array;
  #relationship = 0;
  version = 0;
  /** Off while any relationship holds the service off: the switch belongs to the server, not to a relationship. */
  serviceEnabled = 0;
  /** Whether no query at all is answered by these policies, of whatever relationship. */
  answersNobody = false;
  activeServers = 0;
  scopes = 0;
  updateMode: number = UpdateMode.off;
  observeOutOfScope = 0;
  clientIdBytesMax = 0;
  reusesLeases = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#copy = new Int32Array(this.#words.length);
  }

  /** Takes over the newest policies if there are any; true when something was read. */
  refresh(): boolean {
    const words = this.#words;
    if (Atomics.load(words, VERSION) === this.version) return false;
    for (;;) {
      const before = Atomics.load(words, VERSION);
      for (let i = BLOCKS; i < words.length; i++) this.#copy[i] = Atomics.load(words, i);
      if ((before & 1) === 0 && Atomics.load(words, VERSION) === before) {
        this.version = before;
        this.#takeService();
        this.choose(this.#relationship);
        return true;
      }
    }
  }

  /** Makes the fields those of one relationship. */
  choose(relationship: number): void {
    const copy = this.#copy;
    const at = BLOCKS + relationship * BLOCK_WORDS;
    this.#relationship = relationship;
    this.activeServers = copy[at + ACTIVE_SERVERS]!;
    this.scopes = copy[at + SCOPES]!;
    this.updateMode = copy[at + UPDATE_MODE]!;
    this.observeOutOfScope = copy[at + OBSERVE]!;
    this.clientIdBytesMax = copy[at + CLIENT_ID_MAX]!;
    this.reusesLeases = copy[at + REUSES_LEASES]!;
  }

  #takeService(): void {
    this.serviceEnabled = 1;
    let mayAnswer = false;
    for (let at = BLOCKS; at < this.#copy.length; at += BLOCK_WORDS) {
      this.serviceEnabled &= this.#copy[at + SERVICE_ENABLED]!;
      if (this.#copy[at + ACTIVE_SERVERS] === 0 || this.#copy[at + SCOPES] !== 0) mayAnswer = true;
    }
    this.answersNobody = this.serviceEnabled === 0 || !mayAnswer;
  }
}
