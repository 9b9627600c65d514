/** What each state means for the outside, apart from where it leads: one row a state. */
import type { PartnerUpdates } from '../../peer/model.ts';
import type { HaStateName } from './model.ts';

export interface StateTraits {
  /** Whether queries are answered. */
  readonly service: boolean;
  /** Which scopes are served on entry. */
  readonly scopes: 'none' | 'default' | 'failover' | 'by-auto-failover';
  readonly partnerUpdates: PartnerUpdates;
  /** `keep`: as they are. Servers without a partner never send heartbeats. */
  readonly heartbeats: 'send' | 'keep' | 'stop';
  /** Whether the records of rejected updates are dropped on entry: a fresh start for both servers. */
  readonly forgetsRejected: boolean;
}

const silent = { service: false, scopes: 'none', partnerUpdates: 'withhold' } as const;
const serving = { service: true, scopes: 'default', forgetsRejected: false } as const;

// biome-ignore format: a table
export const STATE_TRAITS = {
  'waiting':                { ...silent, heartbeats: 'send', forgetsRejected: true },
  'syncing':                { ...silent, heartbeats: 'keep', forgetsRejected: true },
  'ready':                  { ...silent, heartbeats: 'send', forgetsRejected: true },
  'in-maintenance':         { ...silent, heartbeats: 'send', forgetsRejected: false },
  'backup':                 { ...silent, heartbeats: 'stop', forgetsRejected: false },
  'load-balancing':         { ...serving, partnerUpdates: 'send', heartbeats: 'send' },
  'hot-standby':            { ...serving, partnerUpdates: 'send', heartbeats: 'send' },
  'communication-recovery': { ...serving, partnerUpdates: 'queue', heartbeats: 'send' },
  'passive-backup':         { ...serving, partnerUpdates: 'withhold', heartbeats: 'stop' },
  'partner-in-maintenance': { ...serving, scopes: 'failover', partnerUpdates: 'send', heartbeats: 'send' },
  'partner-down':           { ...serving, scopes: 'by-auto-failover', partnerUpdates: 'withhold', heartbeats: 'send', forgetsRejected: true },
  'terminated':             { ...serving, partnerUpdates: 'withhold', heartbeats: 'stop', forgetsRejected: true },
} as const satisfies Record<HaStateName, StateTraits>;
