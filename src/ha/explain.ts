/** ha-why: why the machine is in its state, on which numbers it decides, and what the next transition waits for. */
import { clockSkewSec } from './communication.ts';
import type { HaStateName } from './model.ts';
import type { View } from './run.ts';
import { STATES } from './states/table.ts';

export interface HaWhy {
  readonly state: HaStateName;
  /** Whole seconds since the state was entered. */
  readonly 'since-seconds': number;
  readonly because: string;
  readonly facts: readonly string[];
  readonly 'waits-for': readonly string[];
}

/** @param serviceOrigins who holds the DHCP service off, by origin number */
export function explain(view: View, serviceOrigins: readonly number[]): HaWhy {
  const { state } = view;
  return {
    state: state.name,
    'since-seconds': Math.floor((view.nowMs - state.sinceMs) / 1000),
    because: state.reason,
    facts: [
      serviceFact(view, serviceOrigins),
      ...(view.setup.partner === null ? [] : partnerFacts(view)),
      ...(state.paused ? ['the machine is paused, ha-continue lets it go on'] : []),
    ],
    'waits-for': state.paused
      ? [`ha-continue; then ${STATES[state.name].waitsFor(view).join('; ')}`]
      : STATES[state.name].waitsFor(view),
  };
}

function serviceFact(view: View, serviceOrigins: readonly number[]): string {
  const scopes =
    view.state.scopes.length === 0 ? 'no scope' : `the scopes ${view.state.scopes.join(' and ')}`;
  if (serviceOrigins.length === 0) return `the DHCP service is on and serves ${scopes}`;
  return `the DHCP service is off, held by origin ${serviceOrigins.join(', ')}; on, it would serve ${scopes}`;
}

function partnerFacts(view: View): readonly string[] {
  const { communication, unsentUpdates, partnerUpdates, rejected } = view.state;
  const { partner, config } = view.setup;
  const silentMs = Math.round(view.nowMs - communication.lastContactMs);
  const skew = communication.clocks === null ? 'not known' : `${clockSkewSec(communication)} s`;
  return [
    `the partner ${partner?.name} is ${communication.partnerState}; last good heartbeat ${silentMs} ms ago, the limit is ${config.maxResponseDelayMs} ms`,
    `the partner's clock minus ours: ${skew}`,
    `lease updates for the partner: ${partnerUpdates}; ${view.backlog.length} waiting, ${unsentUpdates} transactions unsent since the start`,
    `clients whose updates the partner rejected: ${rejected.records.size}, the limit is ${config.maxRejectedLeaseUpdates}`,
  ];
}
