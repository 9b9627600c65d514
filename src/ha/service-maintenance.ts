/**
 * Maintenance by command. The administrator talks to the server that stays; that server tells its partner
 * (ha-maintenance-notify) and acts on the answer.
 */
import { type Answer, failure, Result, success } from '../control/answer.ts';
import type { PeerAnswer, PeerClient } from '../peer/model.ts';
import { bad, checkServerName, isMap, type JsonMap, member, ok, type Read } from './arguments.ts';
import {
  mayCancelMaintenance,
  mayEnterMaintenance,
  mayStartMaintenance,
  stateAfterMaintenance,
} from './maintenance.ts';
import { type HaStateName, type PartnerState, readPartnerState } from './model.ts';
import { COMMAND_TIMEOUT_MS, isSuccess, problemOf, untilSilent } from './peer-answers.ts';
import type { HaControl } from './service-model.ts';
import { Origin, partnerHold } from './service-switch.ts';

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
      return failure(`maintenance of the partner cannot start in the state ${state.name}`);
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
      return failure(`the partner does not enter in-maintenance: ${problemOf(answer)}`);
    const accepted = answer.kind === 'answer' && answer.result === Result.success;
    this.#control.submit({ kind: 'maintenance-started', partner: accepted ? 'accepted' : 'offline' });
    if (!(await this.#applied())) return NOT_APPLIED;
    return describeStart(this.#control.state().name, answer);
  }

  /** ha-maintenance-cancel: both servers go back to where they were. */
  async cancel(): Promise<Answer> {
    const state = this.#control.state();
    const partner = this.#control.partner();
    if (this.#notifying) return failure('maintenance is being started or cancelled already');
    if (partner === null || !mayCancelMaintenance(state))
      return failure(
        `there is no maintenance to cancel: the state is ${state.name}, not partner-in-maintenance`,
      );
    return this.#exclusively(() => this.#cancelAt(partner, stateAfterMaintenance(state)));
  }

  async #cancelAt(partner: PeerClient, stateAfter: HaStateName): Promise<Answer> {
    const answer = await this.#notify(partner, true, stateAfter);
    if (!isSuccess(answer)) {
      this.#control.submit({ kind: 'partner-failed', reason: problemOf(answer) });
      return failure(`the maintenance was not cancelled: ${problemOf(answer)}`);
    }
    const partnerState = answer.kind === 'answer' ? stateOf(answer.arguments) : null;
    this.#control.submit({ kind: 'maintenance-cancelled', partnerState });
    return success(`maintenance cancelled, the state is ${this.#control.state().name}`);
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
      return failure(`there is no maintenance to cancel: the state is ${name}, not in-maintenance`);
    if (!cancel && (this.#notifying || !mayEnterMaintenance(this.#control.state())))
      return failure(`this server cannot be shut down now, the state is ${name}`, Result.notAllowed);
    this.#control.submit({ kind: 'maintenance-notified', cancel, partnerState });
    if (!(await this.#applied())) return NOT_APPLIED;
    if (!cancel) return success('this server is in-maintenance and silent');
    return success('the maintenance of this server is cancelled', { state: this.#control.state().name });
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
    if (!isMap(args)) return bad("'arguments' must be a map with 'cancel'");
    const serverName = checkServerName(this.#control.setup, args);
    if (!serverName.ok) return serverName;
    const cancel = member(args, 'cancel');
    if (typeof cancel !== 'boolean') return bad("'cancel' must be true or false");
    const state = member(args, 'state');
    if (state !== undefined && typeof state !== 'string') return bad("'state' must be a string");
    return ok({ cancel, partnerState: stateOf(args) });
  }
}

function describeStart(name: HaStateName, answer: PeerAnswer): Answer {
  if (name === 'partner-in-maintenance')
    return success('the partner is in-maintenance and can be shut down; this server serves everything');
  if (name === 'partner-down')
    return success(
      `the partner cannot be reached (${problemOf(answer)}); this server is partner-down and serves everything`,
    );
  return failure(`the state changed to ${name} meanwhile; look at ha-why and try again`);
}

/** The state that a notify or its answer names, null when it names none that exists. */
function stateOf(args: unknown): PartnerState | null {
  const name = isMap(args) ? member(args as JsonMap, 'state') : undefined;
  return typeof name === 'string' ? readPartnerState(name) : null;
}
