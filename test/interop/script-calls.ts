/** A program that the run_script library runs, and what it was run with. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeaKind } from './kea.ts';
import { until } from './waiting.ts';

const CALLS_TIMEOUT_MS = 5_000;

/** A program that writes what it is told into a file of its own. @returns its path */
export function writeScript(directory: string): string {
  const calls = join(directory, 'calls');
  mkdirSync(calls);
  const path = join(directory, 'script.sh');
  const own = 'grep -E "^(LEASES?[46]|DELETED_LEASES[46]|QUERY[46]|PKT[46]|SUBNET[46]|REMOVE_LEASE)"';
  writeFileSync(
    path,
    `#!/bin/sh\nenv | ${own} | sort > ${calls}/$$.part\nmv ${calls}/$$.part ${calls}/$$-$1\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/**
 * Hook point and environment of each call, in an order of their own: programs run beside each other.
 * @param version by whose variables they are told
 * @param isWanted by the text of a call
 */
export function callsIn(directory: string, version: KeaKind, isWanted: (call: string) => boolean): string[] {
  const path = join(directory, 'calls');
  return readdirSync(path)
    .filter((file) => !file.endsWith('.part'))
    .map((file) => {
      const lines = readFileSync(join(path, file), 'utf8').trimEnd().split('\n');
      const told = lines.map((line) => comparable(line, version)).filter((line) => line !== '');
      return [file.replace(/^\d+-/, ''), ...told].join('\n');
    })
    .filter(isWanted)
    .sort();
}

/** The calls as soon as there are so many of them, or what there is after a while. */
export async function awaitCalls(count: number, read: () => string[]): Promise<string[]> {
  const whole = (): true | null => (read().length >= count ? true : null);
  await until({ what: `${count} calls`, timeoutMs: CALLS_TIMEOUT_MS }, whole).catch(() => null);
  return read();
}

function comparable(line: string, version: KeaKind): string {
  const timeless = line.replace(/(_CLTT=)\d+/, '$1TIME').replace(/=00(:00:00)?$/, '=NOBODY');
  // Kea 2.2 does not tell of the options of DHCPv6 relays.
  return version === 'kea 2.2' && /^QUERY6_OPTION/.test(line) ? '' : timeless;
}
