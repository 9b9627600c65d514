/**
 * Long files that the whole check takes in turn, the first or the second of each pair, because all of them do not fit into its
 * time. Where TANDEM_TURN is not set, as for a developer, all are run.
 */
import { turnsOf } from './turns.ts';

export const PAIRS: readonly (readonly [string, string])[] = [
  ['app/renewal', 'app/renewal-faults'],
  ['app/stream-sync-kinds', 'app/stream-sync-faults'],
  ['app/reload-load', 'app/reload-pair'],
  ['bench/end-to-end', 'bench/scale'],
  ['app/stream-pair', 'app/stream-backup'],
  ['demo/run-demo', 'demo/run-demo6'],
  ['interop/kea-baseline', 'interop/interfaces-load'],
  ['interop/failover', 'interop/reserved-failover'],
  ['interop/kea-configuration', 'interop/kea-commands'],
  ['interop/lease-file-cleanup', 'interop/direct-clients'],
  ['interop/lifecycle', 'interop/orders'],
  ['interop/kea-partner', 'interop/phones-laptops'],
  ['interop/control-agent', 'interop/kea-perfmon'],
  ['interop/kea-pool-names', 'interop/kea-same-hardware'],
  ['interop/kea-renewal', 'interop/kea-security'],
  ['interop/extended-info', 'interop/lease-checks'],
  ['app/hostile', 'app/stream-sync'],
  ['crash/crash', 'soak/soak'],
  ['threads/full-speed', 'threads/planted-bugs'],
  ['fuzz/fuzz', 'pair/orders'],
  ['sim/planted', 'sim/dhcp6/planted6'],
  ['interop/hot-standby', 'interop/load-balancing'],
  ['interop/kea-answers', 'interop/kea-char-sets'],
  ['interop/kea-backup', 'interop/kea-parted'],
  ['interop/kea-differential', 'interop/kea-configuration6'],
  ['interop/kea-limits', 'interop/kea-limits6'],
  ['interop/kea-options', 'interop/kea-flex-options'],
  ['interop/socket-types', 'interop/v6-only'],
  ['interop/disk-failover', 'interop/privileges'],
  ['interop/interfaces-start', 'interop/interfaces'],
  ['interop/kea-flex-id', 'interop/raw-frames'],
  ['interop/kea-legal-log', 'interop/kea-legal-log6'],
  ['interop/kea-conflict6', 'interop/kea-refusal'],
  // What a family does beside real programs: the one this time, the other the next.
  ['app/reload', 'app/dhcp6/reload'],
  ['app/log-files', 'app/dhcp6/hostile'],
  ['interop/clients', 'interop/clients6'],
  ['interop/dns', 'interop/dns6'],
  ['interop/kea-classes', 'interop/kea-classes6'],
  ['interop/lease-file', 'interop/lease-file6'],
  ['interop/names', 'interop/names6'],
  ['interop/extended-info6', 'interop/lease-checks6'],
  ['interop/kea-backup6', 'interop/kea-parted6'],
  ['interop/kea-flex-id6', 'interop/kea-perfmon6'],
  ['interop/registration6', 'interop/kea-lease-events6'],
];

/** @param path below `test/`. @param turn of TANDEM_TURN */
export function isInTurn(path: string, turn: string | undefined): boolean {
  const name = path.replace(/\.test\.[jt]s$/, '');
  const { file } = turnsOf(turn);
  return file === null || !PAIRS.some((pair) => name === pair[1 - file]);
}
