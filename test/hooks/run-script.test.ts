/** Programs that are run for lease events: real processes, what they are told, and what happens when they are too slow. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { LeaseEvent } from '../../src/events/event.ts';
import { scriptCalls } from '../../src/hooks/environment.ts';
import {
  interfaceIndex,
  RunScript,
  SCRIPTS_RUNNING_MAX,
  SCRIPTS_WAITING_MAX,
} from '../../src/hooks/run-script.ts';
import { LeaseEventKind } from '../../src/lease/events.ts';
import { leaseOf } from '../engine/leases.ts';
import { until } from '../interop/waiting.ts';
import { event } from './lease-event.ts';

const ADDRESS = 0x0a00000a;
const HOST = { serverPort: 67, subnets: new Map(), interfaceIndex, removesExpired: true };

const callsOf = (heard: LeaseEvent) => scriptCalls(heard, HOST);

function scriptIn(
  t: { teardown: (done: () => void) => void },
  text: string,
): { readonly path: string; readonly out: string } {
  const directory = mkdtempSync(join(tmpdir(), 'tandem-script-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const out = join(directory, 'out');
  const path = join(directory, 'script.sh');
  writeFileSync(path, `#!/bin/sh\n${text.replaceAll('OUT', out)}\n`);
  chmodSync(path, 0o755);
  return { path, out };
}

t.test(
  'a program is told the hook point and the lease, and nothing that a shell could take for its own',
  async (t) => {
    const { path, out } = scriptIn(t, 'echo "$1|$LEASES4_AT0_ADDRESS|$LEASES4_AT0_HOSTNAME" >> OUT');
    const logged: string[] = [];
    const script = new RunScript({ path }, callsOf, (id) => void logged.push(id));
    const hostname = '$(touch /nowhere);`id`\0"';
    script.take(event({ lease: leaseOf(ADDRESS, { hostname }) }));
    // The end waits for a program no longer than a site would want.
    await until({ what: 'the program has written', timeoutMs: 60_000 }, () =>
      existsSync(out) ? true : null,
    );
    await script.close();
    t.equal(readFileSync(out, 'latin1'), 'leases4_committed|10.0.0.10|$(touch /nowhere);`id`"\n');
    t.strictSame(logged, []);
  },
);

t.test('what cannot be started is said once, until it can be again', async (t) => {
  const logged: string[] = [];
  const script = new RunScript({ path: '/nowhere/script.sh' }, callsOf, (id) => void logged.push(id));
  script.take(event({ lease: leaseOf(ADDRESS, {}) }));
  script.take(event({ lease: leaseOf(ADDRESS, {}) }));
  await script.close();
  t.strictSame(logged, ['TDM_EVENTS_SCRIPT_FAILED']);
});

t.test('so many run, so many wait, the rest is dropped and counted', async (t) => {
  const { path } = scriptIn(t, 'exec sleep 4');
  const logged: [string, unknown][] = [];
  const script = new RunScript({ path }, callsOf, (id, fields) => void logged.push([id, fields]));
  const one = event({ lease: leaseOf(ADDRESS, {}) });
  for (let i = 0; i < SCRIPTS_RUNNING_MAX + SCRIPTS_WAITING_MAX; i++) script.take(one);
  t.strictSame(logged, []);
  for (let i = 0; i < 3; i++) script.take(one);
  t.match(logged, [
    ['TDM_EVENTS_SCRIPTS_DROPPED', { dropped: 1 }],
    ['TDM_EVENTS_SCRIPTS_DROPPED', { dropped: 2 }],
  ]);
  await script.close();
  t.match(
    logged.at(-1),
    ['TDM_EVENTS_SCRIPTS_DROPPED', { dropped: SCRIPTS_WAITING_MAX }],
    'the end waits for nobody',
  );
});

t.test('each kind of event has the calls that Kea makes', async (t) => {
  const former = leaseOf(ADDRESS, {});
  const kinds: readonly [LeaseEventKind, readonly string[]][] = [
    [LeaseEventKind.granted, ['leases4_committed']],
    [LeaseEventKind.released, ['lease4_release', 'leases4_committed']],
    [LeaseEventKind.declined, ['lease4_decline', 'leases4_committed']],
    [LeaseEventKind.expired, ['lease4_expire']],
    [LeaseEventKind.recovered, ['lease4_expire', 'lease4_recover']],
    [LeaseEventKind.unchanged, ['leases4_committed']],
  ];
  for (const [kind, points] of kinds)
    t.strictSame(
      scriptCalls(event({ kind, former }), HOST).map(({ hookPoint }) => hookPoint),
      points,
    );
  t.match(scriptCalls(event({ kind: LeaseEventKind.expired, former }), HOST), [
    { environment: { REMOVE_LEASE: 'true', LEASE4_ADDRESS: '10.0.0.10' } },
  ]);
});
