/**
 * What the run_script and legal_log libraries tell of DHCPv6 leases: the same calls with the same environment from Kea 2.2, Kea
 * 3.0 and Tandem, and the same lines from Kea 3.0 and Tandem. The library of Kea 2.2 that writes lines is not free.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { playSteps } from './differential6/player.ts';
import { BEHIND, STEPS } from './event-steps6.ts';
import { forensicLines } from './forensic-lines6.ts';
import { type KeaKind, needServers } from './kea.ts';
import { farSubnet6, nearSubnet6 } from './scene6.ts';
import { type Side6, sidesBesideKea6 } from './sides6.ts';
import { KEAS_IN_TURN } from './turn.ts';
import { until } from './waiting.ts';

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

/** A program that writes what it is told into a file of its own. */
function writeScript(directory: string): string {
  const calls = join(directory, 'calls');
  mkdirSync(calls);
  const path = join(directory, 'script.sh');
  const own = 'grep -E "^(LEASES?6|DELETED_LEASES6|QUERY6|PKT6|SUBNET6|REMOVE_LEASE)"';
  writeFileSync(
    path,
    `#!/bin/sh\nenv | ${own} | sort > ${calls}/$$.part\nmv ${calls}/$$.part ${calls}/$$-$1\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

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

/** Hook point and environment of each call, in an order of their own: programs run beside each other. */
function callsIn(directory: string, version: KeaKind): string[] {
  const path = join(directory, 'calls');
  return readdirSync(path)
    .filter((file) => !file.endsWith('.part'))
    .map((file) => {
      const lines = readFileSync(join(path, file), 'utf8').trimEnd().split('\n');
      return [file.replace(/^\d+-/, ''), ...lines.map((line) => comparable(line, version))].join('\n');
    })
    .filter((call) => !call.includes(BEHIND) && !isEmptyCommit(call))
    .sort();
}

/** Kea runs the script also for messages by which no lease has changed. */
function isEmptyCommit(call: string): boolean {
  return (
    call.startsWith('leases6_committed') &&
    /^LEASES6_SIZE=0$/m.test(call) &&
    /^DELETED_LEASES6_SIZE=0$/m.test(call)
  );
}

function comparable(line: string, version: KeaKind): string {
  const timeless = line.replace(/(_CLTT=)\d+/, '$1TIME').replace(/=00(:00:00)?$/, '=NOBODY');
  // Kea 2.2 does not tell of the options of relays.
  return version === 'kea 2.2' && /^QUERY6_OPTION/.test(line) ? '' : timeless;
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
    const byKea = callsIn(kea.directory, version);
    await until({ what: `${byKea.length} calls`, timeoutMs: 5_000 }, () =>
      callsIn(own.directory, version).length >= byKea.length ? true : null,
    ).catch(() => null);
    const without = (call: string): string => call.replaceAll(/^\n/gm, '');
    t.same(callsIn(own.directory, version).map(without), byKea.map(without));
    t.ok(byKea.length > 20, `${byKea.length} calls`);
    if (version === 'kea 3.0') {
      const lines = forensicLines(kea.directory);
      t.same(forensicLines(own.directory), lines);
      t.ok(lines.length > 20, `${lines.length} lines`);
    }
    await Promise.all([kea.server.stop(), own.server.stop()]);
  });
