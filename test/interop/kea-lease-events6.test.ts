/**
 * What the run_script and legal_log libraries tell of DHCPv6 leases: the same calls with the same environment from Kea 2.2, Kea
 * 3.0 and Tandem, and the same lines from Kea 3.0 and Tandem. The library of Kea 2.2 that writes lines is not free.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { playSteps } from './differential6/player.ts';
import { BEHIND, STEPS } from './event-steps6.ts';
import { forensicLines } from './forensic-lines6.ts';
import { type KeaKind, needServers } from './kea.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { awaitCalls, callsIn, writeScript } from './script-calls.ts';
import { type Side6, sidesBesideKea6 } from './sides6.ts';
import { KEAS_IN_TURN } from './turn.ts';

const OWNER = { duid: '61:62:63:64', iaid: 7, 'subnet-id': 1 };
const ADDRESS = '2001:db8:1::1a01';
const OTHER = '2001:db8:1::1a02';
const PREFIX = { 'ip-address': '2001:db8:8000:100::', 'prefix-len': 56, type: 'IA_PD' };
const COMMANDS: readonly (readonly [command: string, args: Record<string, unknown>])[] = [
  ['lease6-add', { ...OWNER, 'ip-address': ADDRESS, 'valid-lft': 90_061 }],
  [
    'lease6-add',
    {
      ...OWNER,
      'ip-address': OTHER,
      'hw-address': '02:03:04:05:06:07',
      comment: 'hello',
      'user-context': { b: [1, 'x'] },
    },
  ],
  ['lease6-add', { ...OWNER, ...PREFIX, 'valid-lft': 60 }],
  [
    'lease6-update',
    { ...OWNER, 'ip-address': ADDRESS, hostname: 'x.y', origin: 'ha-partner', 'valid-lft': 100 },
  ],
  ['lease6-update', { ...OWNER, 'ip-address': '2001:db8:1::1aff' }],
  [
    'lease6-bulk-apply',
    {
      'deleted-leases': [{ 'ip-address': ADDRESS, type: 'IA_NA', 'subnet-id': 1 }],
      leases: [
        { ...OWNER, 'ip-address': '2001:db8:1::1a05', 'valid-lft': 5 },
        { ...OWNER, ...PREFIX, 'ip-address': '2001:db8:8000:200::', 'valid-lft': 6 },
      ],
    },
  ],
  ['lease6-del', { 'ip-address': OTHER }],
  ['lease6-del', { ...PREFIX, 'subnet-id': 1 }],
  ['lease6-del', { 'ip-address': OTHER }],
  ['lease6-add', { ...OWNER, 'ip-address': OTHER, 'valid-lft': 1, hostname: 'gone.example' }],
];

function configured(version: KeaKind) {
  return (directory: string): Record<string, unknown> => {
    const legal = join(directory, 'legal');
    mkdirSync(legal);
    const lines = { library: 'libdhcp_legal_log.so', parameters: { path: legal, 'base-name': 'legal' } };
    return {
      'valid-lifetime': 4000,
      'preferred-lifetime': 3000,
      'cache-max-age': 0,
      'decline-probation-period': 1,
      'expired-leases-processing': { 'reclaim-timer-wait-time': 1, 'flush-reclaimed-timer-wait-time': 0 },
      subnet6: [nearSubnet6(), farSubnet6({ 'rapid-commit': true })],
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        { library: 'libdhcp_run_script.so', parameters: { name: writeScript(directory), sync: false } },
        ...(version === 'kea 2.2' ? [] : [lines]),
      ],
    };
  };
}

/** Addresses are those that each has given: Kea goes on with the next one of a pool. */
async function tell({ network, server }: Side6): Promise<void> {
  await server.start();
  await playSteps(network, STEPS);
  for (const [command, args] of COMMANDS) await server.command(command, args);
  // What was declined comes back, and what was added for a second is over.
  await sleep(3_500);
}

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const version of KEAS_IN_TURN)
  t.test(`scripts and lines, beside ${version}`, { buffered: true }, async (t) => {
    if (!needServers(t, [version], ['ip'], 'kea-dhcp6')) return;
    const { kea, own } = await sidesBesideKea6(t, version, configured(version));
    await Promise.all([tell(kea), tell(own)]);
    const callsOf = ({ directory }: Side6): string[] =>
      callsIn(directory, version, (call) => !call.includes(BEHIND));
    const byKea = callsOf(kea);
    t.same(await awaitCalls(byKea.length, () => callsOf(own)), byKea);
    t.ok(byKea.length > 20, `${byKea.length} calls`);
    if (version === 'kea 3.0') {
      const lines = forensicLines(kea.directory);
      t.same(forensicLines(own.directory), lines);
      t.ok(lines.length > 20, `${lines.length} lines`);
    }
    await Promise.all([kea.server.stop(), own.server.stop()]);
  });
