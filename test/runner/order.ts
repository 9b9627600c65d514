/**
 * The test files that take longest, those first: they are begun first, so that none of them goes on alone when everything else
 * is done.
 */
export const BEGUN_FIRST: readonly string[] =
  `bench/end-to-end app/renewal-faults app/renewal app/stream-pair app/stream-backup app/reload-pair
  app/reload-load app/stream-sync-kinds bench/scale app/stream-sync-faults demo/run-demo demo/run-demo6
  app/stream-sync app/hostile pair/orders app/stop app/reload run fuzz/fuzz
  interop/interfaces-start interop/direct-clients interop/kea-configuration interop/kea-differential
  interop/kea-renewal interop/lease-file-cleanup interop/kea-flex-options
  interop/kea-security interop/kea-commands interop/kea-same-hardware interop/lease-file interop/interfaces
  interop/kea-options interop/kea-perfmon interop/kea-parted interop/kea-backup`.split(/\s+/);

/** The files in the order in which they are begun. @param nameOf a file's path below `test/` */
export function longestFirst(files: readonly string[], nameOf: (file: string) => string): string[] {
  const place = (file: string): number => {
    const index = BEGUN_FIRST.indexOf(nameOf(file).replace(/\.test\.[jt]s$/, ''));
    return index < 0 ? BEGUN_FIRST.length : index;
  };
  return files.toSorted((one, other) => place(one) - place(other));
}
