/**
 * What one message comes to: for each of its identity associations the leases that it gets, keeps and loses. It is made
 * complete before anything that cannot be undone is done: when one of them cannot be written, none is given.
 */
import { IPV6_BYTES } from '../../../base/ipv6.ts';
import type { IaReader } from '../../../dhcp6/ia-reader.ts';
import { ADDRESS_BITS } from '../../../lease/dhcp6/model.ts';
import { NO_SLOT } from '../../../lease/hash-chain.ts';
import type { CompiledPool6, CompiledSubnet6 } from '../compiled/compiled.ts';
import { NO_STATUS, type Status } from '../reply/status.ts';

/** Identity associations that a datagram has room for. */
export const IAS_MAX = 128;
/** Leases that one message may change; more of them would not find room in the logs. */
export const CHANGES_MAX = 64;
/** With the addresses that a client is told to give up, of which a datagram has room for fewer. */
const BINDINGS_MAX = 256;

/** What becomes of an address or prefix. */
export const Fate = {
  /** The row was made for this message, and is on offer until it becomes a lease. */
  granted: 0,
  /** The client's row, which stays as it is until the message is done. */
  kept: 1,
  /** The client's row, whose lease ends with this message. */
  revoked: 2,
  /** No row of the client's: it hears that it has none. */
  refused: 3,
} as const;

export class Binding {
  /** A `Fate`. */
  fate: number = Fate.refused;
  /** Its row; NO_SLOT where it is refused. */
  slot = NO_SLOT;
  /** 16 octets. */
  readonly address = new Uint8Array(IPV6_BYTES);
  prefixLength = ADDRESS_BITS;
  /** Seconds, u32. */
  preferredSec = 0;
  validSec = 0;
  /** Of the lease; null where there is none. */
  subnet: CompiledSubnet6 | null = null;
  /** Null = it lies in none. */
  pool: CompiledPool6 | null = null;
  /** Payload of option 67, or null. */
  excluded: Uint8Array | null = null;
  /** The row stays as it is: what is left of its lifetimes is sent. */
  isReused = false;
}

export class PlannedIa {
  /** OptionCode.iaNa or OptionCode.iaPd. */
  code = 0;
  /** As the client calls it. */
  iaid = 0;
  /** Of its leases. */
  leaseIaid = 0;
  /** What was found for it last would be one lease too many. */
  isOverLimit = false;
  status: Status = NO_STATUS;
  /** Its bindings are those from `first` up to `end`. */
  first = 0;
  end = 0;
  /** Seconds, u32; 0 = the client has no wish. */
  preferredHintSec = 0;
  validHintSec = 0;
  /** Seconds, u32. */
  t1Sec = 0;
  t2Sec = 0;
}

export class IaPlan {
  readonly ias: readonly PlannedIa[] = Array.from({ length: IAS_MAX }, () => new PlannedIa());
  iaCount = 0;
  readonly bindings: readonly Binding[] = Array.from({ length: BINDINGS_MAX }, () => new Binding());
  bindingCount = 0;
  /** Rows that will be changed. */
  changeCount = 0;
  /** A lease was to be given, and there was no memory for it. */
  isOutOfMemory = false;

  clear(): void {
    this.iaCount = 0;
    this.bindingCount = 0;
    this.changeCount = 0;
    this.isOutOfMemory = false;
  }

  /** Begins with the next identity association, or is null when there is no room for it. */
  addIa({ code, iaid, leaseIaid }: Pick<IaReader, 'code' | 'iaid' | 'leaseIaid'>): PlannedIa | null {
    const ia = this.ias[this.iaCount];
    if (ia === undefined) return null;
    this.iaCount++;
    ia.code = code;
    ia.iaid = iaid;
    ia.leaseIaid = leaseIaid;
    ia.isOverLimit = false;
    ia.status = NO_STATUS;
    ia.first = this.bindingCount;
    ia.end = this.bindingCount;
    ia.preferredHintSec = 0;
    ia.validHintSec = 0;
    ia.t1Sec = 0;
    ia.t2Sec = 0;
    return ia;
  }

  /** Leaves out the identity association that was begun last, which has no bindings. */
  dropIa(): void {
    this.iaCount--;
  }

  /** Adds a binding to the identity association that was begun last, or is null when there is no room for it. */
  add(fate: number, slot: number, bytes: Uint8Array, offset: number, prefixLength: number): Binding | null {
    const binding = this.bindings[this.bindingCount];
    if (binding === undefined || (fate !== Fate.refused && this.changeCount === CHANGES_MAX)) return null;
    this.bindingCount++;
    if (fate !== Fate.refused) this.changeCount++;
    this.ias[this.iaCount - 1]!.end = this.bindingCount;
    binding.fate = fate;
    binding.slot = slot;
    for (let i = 0; i < IPV6_BYTES; i++) binding.address[i] = bytes[offset + i]!;
    binding.prefixLength = prefixLength;
    binding.preferredSec = 0;
    binding.validSec = 0;
    binding.subnet = null;
    binding.pool = null;
    binding.excluded = null;
    binding.isReused = false;
    return binding;
  }

  /** Whether another row can be changed. */
  get hasRoom(): boolean {
    return this.changeCount < CHANGES_MAX && this.bindingCount < BINDINGS_MAX;
  }

  /** Whether a row is in the plan. */
  has(slot: number): boolean {
    for (let i = 0; i < this.bindingCount; i++) if (this.bindings[i]!.slot === slot) return true;
    return false;
  }

  /** Whether a row is one that the message ends the lease of. */
  isRevoked(slot: number): boolean {
    for (let i = 0; i < this.bindingCount; i++) {
      const binding = this.bindings[i]!;
      if (binding.slot === slot && binding.fate === Fate.revoked) return true;
    }
    return false;
  }

  /** Whether a row is one that the message gives or keeps. */
  isGiven(slot: number): boolean {
    for (let i = 0; i < this.bindingCount; i++) {
      const binding = this.bindings[i]!;
      if (binding.slot === slot && binding.fate !== Fate.revoked) return true;
    }
    return false;
  }
}
