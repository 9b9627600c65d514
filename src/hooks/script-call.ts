/** What a script of the administrator is run for, in Kea's names and texts. */
import { LeaseState } from '../lease/state.ts';

export type Environment = Record<string, string>;

/** What the script is run for: the name of Kea's hook point, which is its only argument, and its environment. */
export interface ScriptCall {
  readonly hookPoint: string;
  readonly environment: Environment;
}

const STATES: Readonly<Record<number, string>> = {
  [LeaseState.assigned]: 'default',
  [LeaseState.declined]: 'declined',
  [LeaseState.expiredReclaimed]: 'expired-reclaimed',
  [LeaseState.released]: 'released',
  [LeaseState.registered]: 'registered',
};

/** The state of a lease. */
export function stateText(state: number): string {
  return STATES[state] ?? '';
}

/** Octets as 0x0A1B. */
export function upperHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex').toUpperCase()}`;
}

/** A host name: no environment can hold a NUL. */
export function hostnameText(hostname: string): string {
  return hostname.replaceAll('\0', '');
}
