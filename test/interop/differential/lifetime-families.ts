/** Lifetimes, timers, and answers out of the cache. */
import type { Family } from './families.ts';
import { farSubnet, nearSubnet } from './scene.ts';
import type { StartLease } from './start-leases.ts';

const WISHES: readonly (readonly [number, string])[] = [
  [51, '0000000a'],
  [51, '00000064'],
  [51, '00000320'],
  [51, '0000ffff'],
  [51, 'fffffffe'],
  [51, '00000000'],
];

function family(name: string, far: Record<string, unknown>, global: Record<string, unknown> = {}): Family {
  return {
    name,
    dhcp4: { ...global, subnet4: [nearSubnet(), farSubnet(far)] },
    traffic: { relays: ['10.65.0.1'], options: WISHES },
  };
}

function cached(name: string, far: Record<string, unknown>): Family {
  return { ...family(name, far), isCached: true };
}

const state = (last: number, endsSec: number, more: Partial<StartLease> = {}): StartLease => ({
  address: `10.65.1.${last}`,
  mac: `02:00:00:05:00:0${last}`,
  subnetId: 2,
  lifetimeSec: 4000,
  endsSec,
  ...more,
});
const STATES: readonly StartLease[] = [
  state(1, 3000),
  state(2, -3000),
  state(3, 1000, { state: 1 }),
  state(4, -100, { state: 2 }),
  state(5, 3000, { clientId: '0102030405' }),
  state(6, -1000, { clientId: '0102030406', hostname: 'former' }),
];

export const lifetimeFamilies: readonly Family[] = [
  family('lifetimes', { 'min-valid-lifetime': 100, 'valid-lifetime': 500, 'max-valid-lifetime': 1000 }),
  family('a least lifetime', { 'min-valid-lifetime': 100, 'valid-lifetime': 500 }),
  family('a longest lifetime', { 'valid-lifetime': 500, 'max-valid-lifetime': 1000 }),
  family('an infinite lifetime', { 'valid-lifetime': 4294967295 }, { 'calculate-tee-times': true }),
  family(
    'lifetimes of the global scope',
    {},
    { 'min-valid-lifetime': 60, 'valid-lifetime': 120, 'max-valid-lifetime': 180 },
  ),
  family('timers', { 'renew-timer': 100, 'rebind-timer': 400, 'valid-lifetime': 1000 }),
  family('only one timer', { 'rebind-timer': 400, 'valid-lifetime': 1000 }, { 'calculate-tee-times': true }),
  family('timers that make no sense', {
    'renew-timer': 900,
    'rebind-timer': 900,
    'valid-lifetime': 800,
    'max-valid-lifetime': 5000,
  }),
  family('computed timers', { 'calculate-tee-times': true, 't1-percent': 0.333, 't2-percent': 0.777 }),
  cached('the cache', { 'cache-threshold': 0.5, 'cache-max-age': 3000, 'valid-lifetime': 1000 }),
  cached('the cache with timers', {
    'cache-max-age': 600,
    'cache-threshold': 0.9,
    'calculate-tee-times': true,
  }),
  { ...family('offers with a lifetime', { 'offer-lifetime': 60 }), only: 'kea 3.0' },
  {
    ...family('random addresses', { allocator: 'random' }, { allocator: 'iterative' }),
    only: 'kea 3.0',
    // None of the small pool: each server gives others of it by chance, so that it may be free with one of them only.
    traffic: { addresses: ['10.64.3.3', '10.65.77.7', '10.67.1.1', '192.0.2.1'] },
  },
  { ...family('addresses that are free the longest', { allocator: 'flq' }), only: 'kea 3.0' },
  {
    ...family('leases of every state', {}, { 'decline-probation-period': 1000 }),
    traffic: { relays: ['10.65.0.1'], options: WISHES, clients: STATES.map(({ mac }) => ({ mac })) },
    leases: STATES,
    isCached: true,
  },
  {
    ...family('leases of every state, authoritative', { authoritative: true }),
    traffic: {
      relays: ['10.65.0.1'],
      clients: STATES.map(({ mac }) => ({ mac })),
      addresses: STATES.map(({ address }) => address),
    },
    leases: STATES,
    isCached: true,
  },
  family('seconds', { 'valid-lifetime': 1, 'max-valid-lifetime': 2 }),
];
