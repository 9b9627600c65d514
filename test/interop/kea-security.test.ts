/**
 * TLS with client certificates and basic authentication between Tandem and a real Kea, out of the configuration; who
 * does not have them changes nothing and is named in the log. Kea 2.2 checks certificates and asks for no password.
 */
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { type Certificates, makeCertificates } from './certificates.ts';
import { ADDRESS, type HaParameters, PEER_PORT, type ServerName } from './configuration.ts';
import { type KeaKind, needServers, type ServerKind } from './kea.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createPair, type Pair } from './pair.ts';
import {
  crashAndReturn,
  PAUSES_IN_PARTNER_DOWN,
  ROLES_IN_TURN,
  type Scene,
  startBoth,
} from './pair-steps.ts';
import type { PostPlan } from './post-command.ts';
import { findBrokenPromises, startRecordedLoad } from './recorded-load.ts';
import type { DhcpServer } from './server.ts';
import { KEAS_IN_TURN } from './turn.ts';

const POST_COMMAND = fileURLToPath(new URL('./post-command.js', import.meta.url));
const RATE = 60;
const ACKNOWLEDGEMENTS = 100;
const MODE = 'hot-standby';
const CREDENTIALS = {
  server1: { 'basic-auth-user': 'one', 'basic-auth-password': 'first secret' },
  server2: { 'basic-auth-user': 'two', 'basic-auth-password': 'second secret' },
} as const;
const PROGRAMS = ['ip', 'openssl', 'perfdhcp', 'tcpdump'];

// Each in networks of its own; they wait for most of the time.
t.jobs = 2;

for (const { server1, server2 } of ROLES_IN_TURN) {
  t.test(
    `${server1} and ${server2} work as a pair over TLS, and strangers are turned away`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], PROGRAMS)) return;
      const certificates = makeCertificates(temporaryDirectory(t));
      const ha = {
        server1: secured('server1', certificates, PAUSES_IN_PARTNER_DOWN.relationship),
        server2: secured('server2', certificates, PAUSES_IN_PARTNER_DOWN.relationship),
      };
      const pair = createPair(t, { mode: MODE, server1, server2, ha });
      await startBoth(pair, MODE);
      const scene: Scene = { t, mode: MODE, pair, load: await startRecordedLoad(pair, RATE) };
      await scene.load.acknowledgements(ACKNOWLEDGEMENTS);
      await crashAndReturn(scene, 'server1');
      for (const server of [pair.server1, pair.server2]) await turnsAway(t, pair, server, certificates);
      await scene.load.acknowledgements(ACKNOWLEDGEMENTS);
      const replies = await scene.load.end();
      await pair.stop();
      t.same(findBrokenPromises(pair, replies), [], 'no address twice, no acknowledged lease missing');
    },
  );
}

interface Mistake {
  readonly what: string;
  readonly server1: ServerKind;
  readonly server2: ServerKind;
  /** Whose configuration has the mistake, in its entry of the other one. */
  readonly by: ServerName;
  readonly entry: (certificates: Certificates) => Readonly<Record<string, unknown>>;
  /** Which Tandem says so, and how. */
  readonly at: ServerName;
  readonly says: RegExp;
}

const NOT_TRUSTED = /"reason":"[^"]*(certificate|self-signed)[^"]*".*TDM_HA_HEARTBEAT_FAILED/;
const mistakesWith = (kea: KeaKind): readonly Mistake[] => [
  {
    what: 'trusts another authority than that of the Kea',
    server1: 'tandem',
    server2: kea,
    by: 'server1',
    entry: ({ otherAuthority }) => ({ 'trust-anchor': otherAuthority }),
    at: 'server1',
    says: NOT_TRUSTED,
  },
  {
    what: 'shows a certificate that the Kea does not trust',
    server1: kea,
    server2: 'tandem',
    by: 'server2',
    entry: ({ stranger }) => ({ ...stranger }),
    at: 'server2',
    says: NOT_TRUSTED,
  },
  {
    what: 'gets the wrong password from the Kea',
    server1: kea,
    server2: 'tandem',
    by: 'server1',
    entry: () => ({ 'basic-auth-password': 'wrong' }),
    at: 'server2',
    says: /"status":401.*TDM_HTTP_REFUSED/,
  },
  {
    what: 'has the wrong password of another Tandem',
    server1: 'tandem',
    server2: 'tandem',
    by: 'server1',
    entry: () => ({ 'basic-auth-password': 'wrong' }),
    at: 'server1',
    says: /"reason":"[^"]*Unauthorized".*TDM_HA_HEARTBEAT_FAILED/,
  },
];

for (const mistake of KEAS_IN_TURN.flatMap(mistakesWith)) {
  const { server1, server2, at } = mistake;
  const other = server1 === 'tandem' ? server2 : server1;
  t.test(
    `a Tandem beside ${other} that ${mistake.what} says so and stays in waiting`,
    { buffered: true },
    async (t) => {
      if (!needServers(t, [server1, server2], PROGRAMS)) return;
      const certificates = makeCertificates(temporaryDirectory(t));
      const ha = {
        server1: withMistake('server1', certificates, mistake),
        server2: withMistake('server2', certificates, mistake),
      };
      const pair = createPair(t, { mode: MODE, server1, server2, ha });
      await Promise.all([pair.server1.start(), pair.server2.start()]);
      await pair[at].logs(mistake.says);
      t.equal(await pair[at].haState(), 'waiting');
      t.notMatch(pair[at].log(), /TDM_HA_STATE_CHANGED/);
    },
  );
}

/** Nobody is taken for dead meanwhile. */
function withMistake(name: ServerName, certificates: Certificates, { by, entry }: Mistake): HaParameters {
  const right = secured(name, certificates, { 'max-response-delay': 60_000 });
  if (name !== by) return right;
  const other = name === 'server1' ? 'server2' : 'server1';
  return {
    ...right,
    peers: { ...CREDENTIALS, [other]: { ...CREDENTIALS[other], ...entry(certificates) } },
  };
}

/** Parameters of a server whose listener and client have its certificate, and that knows both passwords. */
function secured(
  name: ServerName,
  certificates: Certificates,
  relationship: Readonly<Record<string, unknown>> = {},
): HaParameters {
  return { relationship: { ...relationship, ...certificates[name] }, peers: CREDENTIALS };
}

/** What `server` answers to a partner, and to those who are none. */
async function turnsAway(t: Test, pair: Pair, server: DhcpServer, certificates: Certificates): Promise<void> {
  const name = server.name as ServerName;
  const partner = certificates[name === 'server1' ? 'server2' : 'server1'];
  const { 'basic-auth-user': user, 'basic-auth-password': password } = CREDENTIALS[name];
  const right = { tls: partner, credentials: `${user}:${password}` };
  const post = (plan: Partial<PostPlan>) => postCommand(pair, name, { command: 'ha-reset', ...plan });
  const { 'trust-anchor': authority } = partner;
  t.match(await post({ ...right, command: 'ha-heartbeat' }), /^answer 200 /, `${name} answers its partner`);
  t.match(await post({ ...right, tls: { 'trust-anchor': authority } }), /^failure/, 'no certificate');
  t.match(await post({ ...right, tls: certificates.stranger }), /^failure/, 'certificate of a stranger');
  t.match(await post({ ...right, url: peerUrl(name, 'http') }), /^(failure|answer 400)/, 'no TLS');
  if (server.kind === 'tandem') {
    t.match(await post({ ...right, credentials: `${user}:wrong` }), /^answer 401 /, 'wrong password');
    t.match(await post({ tls: partner }), /^answer 401 /, 'no password');
    await server.logs(/"reason":"TLS: peer did not return a certificate".*TDM_HTTP_REFUSED/);
    await server.logs(/"reason":"the client's certificate is not trusted.*TDM_HTTP_REFUSED/);
    await server.logs(/"status":401.*TDM_HTTP_REFUSED/);
  }
  t.equal(await server.haState(), MODE, `nothing of this has changed the state of ${name}`);
}

function peerUrl(name: ServerName, scheme: 'http' | 'https'): string {
  return `${scheme}://${ADDRESS[name]}:${PEER_PORT}/`;
}

async function postCommand(
  { network }: Pair,
  to: ServerName,
  plan: Omit<PostPlan, 'url'> & Partial<PostPlan>,
): Promise<string> {
  const whole: PostPlan = { url: peerUrl(to, 'https'), ...plan };
  const { output } = await network.run('load', process.execPath, [POST_COMMAND, JSON.stringify(whole)]);
  return output;
}
