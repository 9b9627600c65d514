/**
 * What is not tried again on a second version of Node, because what it checks is the same on each. The others are: all that
 * has to do with sockets, threads, files, processes, TLS, HTTP, native calls and WebAssembly.
 */

/** Computation alone, which is the language's: folders and files below `test/`. */
const COMPUTATION =
  `advisories bench classes config options engine errors fuzz ha hosts lease oracle pair rfc run support tidy
  control/commands control/library control/lease4 control/lease4-text control/prototype control/monitoring`.split(
    /\s+/,
  );
/**
 * Long stories with whole servers whose means are those of something shorter that is tried again: loads, kills and the lease
 * stream (the demo, which the check runs by itself on each version; sealed by TLS `link/sealed-peer`), reloads
 * (`app/include-reload`), hostile input (`app/serve`, `control`, `peer`), certificates that are renewed
 * (`app/credential-files`), commands (`control`), streams that are cut and peers that lie (`link/delivery`, `link/sealed-peer`).
 */
const STORIES = [
  'app/hostile',
  'app/hub',
  'app/killed',
  'app/library-commands',
  'app/peer-address',
  'app/perfmon',
  'app/reload',
  'app/reload-load',
  'app/reload-pair',
  'app/renewal',
  'app/renewal-faults',
  'app/stop',
  'app/stream-backup',
  'app/stream-pair',
  'app/stream-sync',
  'app/stream-sync-faults',
  'app/stream-sync-kinds',
  'app/stream-sync-progress',
  'demo/run-demo',
  'link/hostile-peer',
  'link/sync',
  'link/sync-cut',
  'link/sync-hostile',
  'link/told',
  'peer/dispatcher',
];

const SAME_ON_EVERY_NODE: ReadonlySet<string> = new Set([...COMPUTATION, ...STORIES]);

/** Whether a test file is to be tried on another version of Node too. @param path below `test/` */
export function dependsOnNode(path: string): boolean {
  const name = path.replace(/\.test\.[jt]s$/, '');
  const parts = name.split('/');
  return !parts.some((_, length) => SAME_ON_EVERY_NODE.has(parts.slice(0, length + 1).join('/')));
}

/** The names that are left out, for a test that each is still there. */
export const LEFT_OUT: readonly string[] = [...SAME_ON_EVERY_NODE];
