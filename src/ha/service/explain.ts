/** ha-why: why the machine is in its state, on which numbers it decides, and what the next transition waits for. */
import { SKEW_MAX_SEC } from '../../lease/precedence.ts';
import { clockSkewSec, isInterrupted } from '../machine/communication.ts';
import { partnerName } from '../machine/facts.ts';
import type { HaStateName } from '../machine/model.ts';
import { counted, inWords, seconds } from '../machine/phrases.ts';
import type { View } from '../machine/run.ts';
import { STATES } from '../machine/states/table.ts';
import { Origin } from '../switch/switch.ts';

export interface HaWhy {
  readonly state: HaStateName;
  /** Whole seconds since the state was entered. */
  readonly 'since-seconds': number;
  readonly because: string;
  /** What the machine looks at, a sentence each. */
  readonly facts: readonly string[];
  /** `TARGET: what it takes`, the likeliest first. */
  readonly 'waits-for': readonly string[];
}

/**
 * @param serviceOrigins who holds the DHCP service off, by origin number
 * @param concerns what is wrong between the servers that the machine does not see
 */
export function explain(view: View, serviceOrigins: readonly number[], concerns: readonly string[]): HaWhy {
  const { state } = view;
  const waitsFor = STATES[state.name].waitsFor(view);
  return {
    state: state.name,
    'since-seconds': Math.floor((view.nowMs - state.sinceMs) / 1000),
    because: state.reason,
    facts: [
      ...(state.paused ? ['the machine is paused: it changes its state by command only'] : []),
      serviceFact(view, serviceOrigins),
      ...(view.setup.partner === null ? [] : partnerFacts(view)),
      ...backupFacts(view),
      ...concerns,
    ],
    'waits-for': state.paused ? [`ha-continue; after it ${waitsFor[0]}`, ...waitsFor.slice(1)] : waitsFor,
  };
}

function serviceFact(view: View, origins: readonly number[]): string {
  const { scopes } = view.state;
  const what =
    scopes.length === 0 ? 'no scope' : `the ${scopes.length === 1 ? 'scope' : 'scopes'} ${inWords(scopes)}`;
  if (origins.length === 0) return `the DHCP service is on and serves ${what}`;
  const holders = origins.map((origin) => `${holderName(origin)} (origin ${origin})`);
  return `the DHCP service is off, held by ${inWords(holders)}; on, it would serve ${what}`;
}

/** Numbers as Kea gives them: each kind of holder begins at a thousand of its own. */
function holderName(origin: number): string {
  if (origin >= Origin.database) return 'a database';
  if (origin >= Origin.haPartner) return 'the partner';
  if (origin >= Origin.haLocal) return 'the state machine';
  return 'an administrator';
}

function partnerFacts(view: View): readonly string[] {
  return [contactFact(view), clockFact(view), updatesFact(view), rejectedFact(view)];
}

function contactFact(view: View): string {
  const { communication } = view.state;
  const { config } = view.setup;
  const { partnerState, lastContactMs } = communication;
  const name = partnerName(view);
  const beat = heartbeatFact(view);
  if (partnerState === 'unknown') return `nothing is known of the partner ${name} yet; ${beat}`;
  const silence = seconds(view.nowMs - lastContactMs);
  // What was last heard is history where nobody asks any more.
  const heard = view.state.heartbeats ? `is ${partnerState}, heard` : `was ${partnerState} when heard`;
  if (partnerState !== 'unavailable') return `the partner ${name} ${heard} ${silence} ago; ${beat}`;
  const limit = seconds(config.maxResponseDelayMs);
  const interrupted = isInterrupted(communication, config, view.nowMs)
    ? `interrupted, because that is more than ${limit}`
    : `interrupted after ${limit}`;
  return `the partner ${name} is unavailable, silent for ${silence}: ${interrupted}; ${beat}`;
}

function heartbeatFact(view: View): string {
  const { heartbeatDelayMs } = view.setup.config;
  if (heartbeatDelayMs === 0) return 'heartbeats are switched off (heartbeat-delay 0)';
  return view.state.heartbeats
    ? `a heartbeat every ${seconds(heartbeatDelayMs)}`
    : 'no heartbeats are sent now';
}

function clockFact({ state }: View): string {
  if (state.communication.clocks === null) return "the partner's clock is not known";
  const skewSec = clockSkewSec(state.communication);
  if (skewSec === 0) return "the partner's clock agrees with ours";
  const direction = skewSec > 0 ? 'ahead of' : 'behind';
  return `the partner's clock is ${Math.abs(skewSec)} s ${direction} ours; more than ${SKEW_MAX_SEC} s end the pair`;
}

function updatesFact(view: View): string {
  const { partnerUpdates, unsentUpdates } = view.state;
  const { config } = view.setup;
  if (!config.sendLeaseUpdates) return 'lease updates are switched off (send-lease-updates false)';
  const unsent = `${counted(unsentUpdates, 'transaction')} unsent since the start`;
  switch (partnerUpdates) {
    case 'send':
      if (view.state.communication.partnerState === 'unavailable')
        return `the partner must confirm each lease, so that no client gets one while it is unavailable; ${unsent}`;
      return `the partner confirms each lease before its client is answered; ${unsent}`;
    case 'queue':
      return `lease updates are kept for the partner, ${view.backlog.length} of ${config.delayedUpdatesLimit}; ${unsent}`;
    case 'withhold':
      return `lease updates are withheld from the partner; ${unsent}`;
  }
}

function rejectedFact(view: View): string {
  const { size } = view.state.rejected.records;
  const max = view.setup.config.maxRejectedLeaseUpdates;
  const clients = `the partner rejected updates of ${counted(size, 'client')}`;
  const end = max === 0 ? 'no number of them ends the pair' : `${max} end the pair`;
  const { leases, reason } = view.state.refused;
  const refused =
    leases === 0 ? '' : `; ${counted(leases, 'lease')} it could not hold, the last because: ${reason}`;
  return `${clients}; ${end}${refused}`;
}

function backupFacts({ setup }: View): readonly string[] {
  const { backups, own, config } = setup;
  if (backups.length === 0 || own.role === 'backup' || !config.sendLeaseUpdates) return [];
  const names = inWords(backups.map(({ name }) => name));
  const waits = config.waitBackupAck ? 'and its client waits for that' : 'and no client waits for that';
  return [
    `each lease given here goes to the ${backups.length === 1 ? 'backup' : 'backups'} ${names}, ${waits}`,
  ];
}
