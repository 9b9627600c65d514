/**
 * Long files that the whole check takes in turn, another one of each pair with every other commit (TANDEM_TURN, as in
 * interop/turn.ts), because all of them do not fit into its time. Where TANDEM_TURN is not set, as for a developer, all are run.
 */
export const PAIRS: readonly (readonly [string, string])[] = [
  ['app/renewal', 'app/renewal-faults'],
  ['app/stream-sync-kinds', 'app/stream-sync-faults'],
  ['app/reload-load', 'app/reload-pair'],
  ['bench/end-to-end', 'bench/scale'],
  ['interop/kea-baseline', 'interop/interfaces-load'],
  ['interop/failover', 'interop/reserved-failover'],
  ['interop/kea-configuration', 'interop/kea-commands'],
  ['interop/lease-file-cleanup', 'interop/direct-clients'],
];

/** @param path below `test/`. @param turn of TANDEM_TURN: '0' or '1'; anything else = all files */
export function isInTurn(path: string, turn: string | undefined): boolean {
  const name = path.replace(/\.test\.[jt]s$/, '');
  const at = ['0', '1'].indexOf(turn ?? '');
  return at < 0 || !PAIRS.some((pair) => name === pair[1 - at]);
}
