/**
 * Test files that have the machine to themselves: they put servers under load and count what is lost or how long it takes, and
 * another test beside them would be counted too.
 */
export const ALONE: ReadonlySet<string> = new Set(
  `failover hot-standby interfaces-load kea-baseline kea-partner lifecycle load-balancing orders phones-laptops
  raw-shared reserved-failover shutdown socket-types`.split(/\s+/),
);

/** Whether a test file runs alone. @param path of interop/NAME.test.js, or of another one, which does not */
export function runsAlone(path: string): boolean {
  const name = /(?:^|\/)interop\/([\w-]+)\.test\.[jt]s$/.exec(path)?.[1];
  return name !== undefined && ALONE.has(name);
}
