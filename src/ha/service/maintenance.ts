/**
 * Maintenance by command. The administrator talks to the server that stays; that server tells its partner
 * (ha-maintenance-notify) and acts on the answer.
 */
import { type Answer, failure, Result, success } from '../../control/answer.ts';
import type { PeerAnswer, PeerClient } from '../../peer/model.ts';
import {
  bad,
  checkServerName,
  isMap,
  type JsonMap,
  member,
  needArguments,
  ok,
  type Read,
} from '../commands/arguments.ts';
import {
  mayCancelMaintenance,
  mayEnterMaintenance,
  mayStartMaintenance,
  stateAfterMaintenance,
} from '../machine/maintenance.ts';
import { type HaStateName, type PartnerState, readPartnerState } from '../machine/model.ts';
import { Origin, partnerHold } from '../switch/switch.ts';
import { COMMAND_TIMEOUT_MS, isSuccess, problemOf, untilSilent } from '../wire/peer-answers.ts';
import type { HaControl } from './model.ts';

/** The partner's service comes back by itself after so long, should nobody release it. */
const HOLD_SEC = 30;

const NOT_APPLIED = failure('not every packet thread has confirmed the new state; see the log');

export class Maintenance {
  readonly #control: HaControl;
  /** A notify of ours is under way: the partner's own must not cross it, or both servers would fall silent. */
  #notifying = false;

  constructor(control: HaControl) {
    this.#control = control;
  }

  /** ha-maintenance-start: this server takes over everything. */
  async start(): Promise<Answer> {
    const state = this.#control.state();
    const partner = this.#control.partner();
    if (this.#notifying) return failure('maintenance is being started or cancelled already');
    if (partner === null || !mayStartMaintenance(state))
      return failure(
        `Unable to transition the server from the ${state.name} to partner-in-maintenance state.`,
      );
    if (this.#control.isSynchronizing())
      return failure(
        'a synchronization is under way, which holds the same service; try again when it is over',
      );
    return this.#exclusively(() => this.#startAt(partner));
  }

  /**
   * Silences the partner before it is told. A Kea sends no lease updates any more from the moment of ha-maintenance-notify
   * on, and yet acknowledges the queries that it is working at: those leases would never be known here, and their addresses
   * would be given to others.
   */
  async #startAt(partner: PeerClient): Promise<Answer> {
    const hold = partnerHold(Origin.haPartner + this.#control.parts.index);
    const args = { ...hold, 'max-period': HOLD_SEC };
    const disabled = await partner.request('dhcp-disable', args, COMMAND_TIMEOUT_MS);
    try {
      await untilSilent(disabled, this.#control.parts);
      return await this.#announce(partner, disabled);
    } finally {
      // Whatever became of dhcp-disable. Nobody waits for it: the partner's clients are served here already.
      void partner.request('dhcp-enable', hold, COMMAND_TIMEOUT_MS);
    }
  }

  async #announce(partner: PeerClient, disabled: PeerAnswer): Promise<Answer> {
    const state = this.#control.state();
    if (this.#control.isStopped() || !mayStartMaintenance(state))
      return failure(`this server is stopping, or its state changed to ${state.name} meanwhile`);
    // A partner that cannot be reached is not asked twice.
    const answer = disabled.kind === 'failed' ? disabled : await this.#notify(partner, false, state.name);
    if (answer.kind === 'answer' && answer.result !== Result.success && answer.result !== Result.error)
      return failure(
        `Unable to transition to the partner-in-maintenance state. The partner server responded with the following message to the ha-maintenance-notify command: ${problemOf(answer)}`,
      );
    const accepted = answer.kind === 'answer' && answer.result === Result.success;
    this.#control.submit({ kind: 'maintenance-started', partner: accepted ? 'accepted' : 'offline' });
    if (!(await this.#applied())) return NOT_APPLIED;
    return describeStart(this.#control.state().name);
  }

  /** ha-maintenance-cancel: both servers go back to where they were. */
  async cancel(): Promise<Answer> {
    const state = this.#control.state();
    const partner = this.#control.partner();
    if (this.#notifying) return failure('maintenance is being started or cancelled already');
    if (partner === null || !mayCancelMaintenance(state))
      return failure(
        'Unable to cancel maintenance request because the server is not in the partner-in-maintenance state.',
      );
    return this.#exclusively(() => this.#cancelAt(partner, stateAfterMaintenance(state)));
  }

  async #cancelAt(partner: PeerClient, stateAfter: HaStateName): Promise<Answer> {
    const answer = await this.#notify(partner, true, stateAfter);
    if (!isSuccess(answer)) {
      this.#control.submit({ kind: 'partner-failed', reason: problemOf(answer) });
      return failure(
        `Unable to cancel maintenance. The partner server responded with the following message to the ha-maintenance-notify command: ${problemOf(answer)}`,
      );
    }
    const partnerState = answer.kind === 'answer' ? stateOf(answer.arguments) : null;
    this.#control.submit({ kind: 'maintenance-cancelled', partnerState });
    return success('Server maintenance successfully canceled.');
  }

  /**
   * ha-maintenance-notify from the partner. The answer leaves when no packet thread serves any more: the partner starts
   * to answer our clients as soon as it has it.
   */
  async notified(args: unknown): Promise<Answer> {
    const request = this.#readNotify(args);
    if (!request.ok) return failure(request.error);
    const { cancel, partnerState } = request.value;
    const { name } = this.#control.state();
    if (cancel && name !== 'in-maintenance')
      return failure('Unable to cancel the maintenance for the server not in the in-maintenance state.');
    if (!cancel && (this.#notifying || !mayEnterMaintenance(this.#control.state())))
      return failure(
        `Unable to transition the server from the ${name} to in-maintenance state.`,
        Result.notAllowed,
      );
    this.#control.submit({ kind: 'maintenance-notified', cancel, partnerState });
    if (!(await this.#applied())) return NOT_APPLIED;
    if (!cancel) return success('Server is in-maintenance state.');
    return success('Server maintenance canceled.', { state: this.#control.state().name });
  }

  #notify(partner: PeerClient, cancel: boolean, state: HaStateName): Promise<PeerAnswer> {
    const args = { 'server-name': this.#control.setup.own.name, cancel, state };
    return partner.request('ha-maintenance-notify', args, COMMAND_TIMEOUT_MS);
  }

  async #exclusively(work: () => Promise<Answer>): Promise<Answer> {
    this.#notifying = true;
    try {
      return await work();
    } finally {
      this.#notifying = false;
    }
  }

  /** Whether every packet thread works by the new state. */
  #applied(): Promise<boolean> {
    return this.#control.applied().then(
      () => true,
      () => false,
    );
  }

  #readNotify(args: unknown): Read<{ cancel: boolean; partnerState: PartnerState | null }> {
    const map = needArguments(args, 'ha-maintenance-notify');
    if (!map.ok) return map;
    const serverName = checkServerName(this.#control.setup, map.value);
    if (!serverName.ok) return serverName;
    const cancel = member(map.value, 'cancel');
    if (cancel === undefined) return bad("'cancel' is mandatory for the 'ha-maintenance-notify' command");
    if (typeof cancel !== 'boolean')
      return bad("'cancel' must be a boolean in the 'ha-maintenance-notify' command");
    const state = member(map.value, 'state');
    if (state !== undefined && typeof state !== 'string') return bad("'state' must be a string");
    return ok({ cancel, partnerState: stateOf(args) });
  }
}

function describeStart(name: HaStateName): Answer {
  if (name === 'partner-in-maintenance')
    return success(
      'Server is now in the partner-in-maintenance state and its partner is in-maintenance state. The partner can be now safely shut down.',
    );
  if (name === 'partner-down')
    return success(
      'Server is now in the partner-down state as its partner appears to be offline for maintenance.',
    );
  return failure(`the state changed to ${name} meanwhile; look at ha-why and try again`);
}

/** The state that a notify or its answer names, null when it names none that exists. */
function stateOf(args: unknown): PartnerState | null {
  const name = isMap(args) ? member(args as JsonMap, 'state') : undefined;
  return typeof name === 'string' ? readPartnerState(name) : null;
}
