/** Keeps the shards' policy and the dispatcher's mode in step with the machine and the service switch. */
import type { Policy } from '../../engine/policy.ts';
import type { PartnerUpdates, UpdateDispatcher } from '../../peer/model.ts';
import type { MachineState } from '../machine/model.ts';
import { isSamePolicy, policyOf } from '../machine/policy-of.ts';
import { STATE_TRAITS } from '../machine/traits.ts';
import type { HaServiceParts } from './model.ts';

export class PolicyFollower {
  readonly #parts: HaServiceParts;
  #policy: Policy | null = null;
  #applied: Promise<void> = Promise.resolve();
  /** Not every shard has confirmed the newest policy in time. */
  #isLate = false;
  /** What the dispatcher does, or is about to do when the shards have stopped. */
  #updatesMode: PartnerUpdates | null = null;

  constructor(parts: HaServiceParts) {
    this.#parts = parts;
  }

  /** Resolves when all shards work by the newest policy; rejects when they do not. */
  applied(): Promise<void> {
    // Late is not never: who asks again is told how it is now.
    if (this.#isLate && this.#policy !== null) this.#give(this.#policy);
    return this.#applied;
  }

  publish(machine: MachineState): void {
    const policy = policyOf(machine, this.#parts.serviceSwitch.enabled);
    if (this.#policy !== null && isSamePolicy(policy, this.#policy)) return;
    this.#policy = policy;
    this.#give(policy);
  }

  #give(policy: Policy): void {
    const applied = this.#parts.publish(policy);
    this.#applied = applied;
    this.#isLate = false;
    applied.catch((error: unknown) => {
      this.#isLate = applied === this.#applied;
      this.#parts.log('TDM_HA_POLICY_NOT_APPLIED', { error: String(error) });
    });
  }

  /**
   * Steers the dispatcher; call after `publish`. When the service goes off while the partner can be reached
   * (maintenance, reset), updates are still sent until the shards have stopped: the leases of their last queries must
   * not be missing at the partner.
   */
  steer(dispatcher: UpdateDispatcher, machine: MachineState): void {
    const wanted = machine.partnerUpdates;
    if (wanted === this.#updatesMode) return;
    const wasSending = this.#updatesMode === 'send';
    this.#updatesMode = wanted;
    if (!wasSending || wanted !== 'withhold' || STATE_TRAITS[machine.name].service) {
      dispatcher.setPartnerUpdates(wanted);
      return;
    }
    const withhold = () => {
      if (this.#updatesMode === 'withhold') dispatcher.setPartnerUpdates('withhold');
    };
    this.#applied.then(withhold, withhold);
  }
}
