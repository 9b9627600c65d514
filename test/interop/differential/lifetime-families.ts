/** Lifetimes, timers, and answers out of the cache. */
import type { Family } from './families.ts';
import { farSubnet, nearSubnet } from './scene.ts';

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
  family('seconds', { 'valid-lifetime': 1, 'max-valid-lifetime': 2 }),
];
