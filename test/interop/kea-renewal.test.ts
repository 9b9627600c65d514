/**
 * A Tandem and a real Kea over TLS whose certificates run out while clients are served: Tandem's are replaced and nothing
 * else, Kea's are replaced and its configuration is reloaded.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Authority } from '../support/authority.ts';
import type { TlsFiles } from './certificates.ts';
import type { ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createPair, type Pair } from './pair.ts';
import { ROLES_IN_TURN, startBoth } from './pair-steps.ts';
import { findBrokenPromises, startRecordedLoad } from './recorded-load.ts';

const MODE = 'hot-standby';
const PROGRAMS = ['ip', 'openssl', 'perfdhcp', 'tcpdump'];
const RATE = 40;
const ACKNOWLEDGEMENTS = 40;
/** The pair has to become whole and the files to be replaced within it. */
const LIFE_MS = 60_000;
const RENEWED_TIMEOUT_MS = 30_000;
/** What either program says of a heartbeat or an update that did not get through. */
const LOST =
  /.*(TDM_HA_(HEARTBEAT|UPDATE)_FAILED|TDM_HTTP_REFUSED|HA_\w*COMMUNICATIONS_FAILED|HA_\w*LEASE_UPDATE_\w*FAILED).*/g;

// They wait for most of the time.
t.jobs = 4;

/** The files of one server, at paths that stay. */
class Store {
  readonly #directory: string;
  readonly #authority: Authority;

  constructor(directory: string, authority: Authority) {
    this.#directory = directory;
    this.#authority = authority;
  }

  files(name: ServerName): TlsFiles {
    const at = (kind: string) => join(this.#directory, `${name}-${kind}.pem`);
    return { 'trust-anchor': this.#authority.certificate, 'cert-file': at('cert'), 'key-file': at('key') };
  }

  put(name: ServerName, untilMs?: number): void {
    const { certificate, key } = this.#authority.issue(name, untilMs === undefined ? {} : { untilMs });
    copyFileSync(certificate, this.files(name)['cert-file']);
    copyFileSync(key, this.files(name)['key-file']);
  }
}

for (const { server1, server2 } of ROLES_IN_TURN) {
  t.test(`${server1} and ${server2} outlive their first certificates`, { buffered: true }, async (t) => {
    if (!needServers(t, [server1, server2], PROGRAMS)) return;
    const directory = temporaryDirectory(t);
    const store = new Store(directory, new Authority(directory, 'authority'));
    for (const name of ['server1', 'server2'] as const) store.put(name, LIFE_MS);
    const endMs = Date.now() + LIFE_MS;
    const ha = {
      server1: { relationship: { ...store.files('server1') } },
      server2: { relationship: { ...store.files('server2') } },
    };
    const pair = createPair(t, { mode: MODE, server1, server2, ha });
    await startBoth(pair, MODE);
    const load = await startRecordedLoad(pair, RATE);
    const [tandem, kea] = server1 === 'tandem' ? [pair.server1, pair.server2] : [pair.server2, pair.server1];

    await load.acknowledgements(ACKNOWLEDGEMENTS);
    const whole = lengths(pair);
    store.put(tandem.name as ServerName);
    await tandem.logs(/TDM_PEER_CREDENTIALS_RENEWED/, RENEWED_TIMEOUT_MS);
    await load.acknowledgements(ACKNOWLEDGEMENTS);
    t.same(lost(pair, whole), [], 'the connections of before ended without a loss');

    store.put(kea.name as ServerName);
    t.equal((await kea.command('config-reload')).result, 0);
    await pair.normal();
    await load.acknowledgements(ACKNOWLEDGEMENTS);
    const reloaded = lengths(pair);
    while (Date.now() < endMs + 3_000) await sleep(100);
    await load.acknowledgements(ACKNOWLEDGEMENTS);
    t.same(lost(pair, reloaded), [], 'nothing was lost when the first certificates ran out');
    t.same(await Promise.all([tandem.haState(), kea.haState()]), [MODE, MODE]);
    const replies = await load.end();
    await pair.stop();
    t.same(findBrokenPromises(pair, replies), [], 'no address twice, no acknowledged lease missing');
  });
}

type Lengths = readonly [number, number];

function lengths({ server1, server2 }: Pair): Lengths {
  return [server1.log().length, server2.log().length];
}

/** Lines about losses after `from`. */
function lost({ server1, server2 }: Pair, from: Lengths): readonly string[] {
  return [server1, server2].flatMap((server, index) => server.log().slice(from[index]).match(LOST) ?? []);
}
