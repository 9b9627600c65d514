/** Policies whose fields all follow from one number, so that a mixture of two of them shows. */
import type { Policy, PolicyView, UpdateMode } from '../../src/engine/policy.ts';

export function policyOf(number: number): Policy {
  return {
    serviceEnabled: number % 2 === 0,
    activeServers: (number % 3) as 0 | 1 | 2,
    scopes: number,
    updateMode: (number % 3) as UpdateMode,
    reusesLeases: number % 5 < 2,
    observeOutOfScope: number % 2 === 1,
    clientIdBytesMax: number % 256,
  };
}

export function isOnePolicy(view: PolicyView): boolean {
  const expected = policyOf(view.scopes);
  return (
    view.serviceEnabled === Number(expected.serviceEnabled) &&
    view.activeServers === expected.activeServers &&
    view.updateMode === expected.updateMode &&
    view.reusesLeases === Number(expected.reusesLeases) &&
    view.observeOutOfScope === Number(expected.observeOutOfScope) &&
    view.clientIdBytesMax === expected.clientIdBytesMax
  );
}

/** What the reading thread reports, and how it is stopped. */
export const ReaderWord = { seen: 0, mixed: 1, unordered: 2, stop: 3 } as const;
