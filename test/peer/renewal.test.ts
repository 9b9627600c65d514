/** Certificates and passwords that change while two servers talk: nothing of what they say to each other is lost. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import type { Clock } from '../../src/base/clock.ts';
import { type CommandHandler, success } from '../../src/control/answer.ts';
import { createKeaHttpServer, type KeaHttpServer } from '../../src/control/http/kea-http.ts';
import type { TlsPaths } from '../../src/credentials/tls-set.ts';
import { createPeerClient } from '../../src/peer/client.ts';
import { type PeerCredentials, readPeerCredentials } from '../../src/peer/credentials.ts';
import { VirtualTime } from '../ha/support/virtual-time.ts';
import { Authority, type Life } from '../support/authority.ts';
import { type RecordedLog, recordLog } from './support/log.ts';
import { loginOf, peerAt } from './support/peers.ts';

/** Of requests that come to an end by themselves: longer than a busy machine takes. */
const PATIENCE_MS = 20_000;

function issue(authority: Authority, name: string, life?: Life, anchor = authority): TlsPaths {
  const { certificate, key } = authority.issue(name, life);
  return { trustAnchor: anchor.certificate, certFile: certificate, keyFile: key };
}

function credentials(tls: TlsPaths, password: string | null = null): PeerCredentials {
  return readPeerCredentials(
    peerAt(1, { tls, basicAuth: password === null ? null : loginOf('ha', password) }),
  );
}

interface Port {
  readonly server: KeaHttpServer;
  readonly port: number;
  readonly recorded: RecordedLog;
}

async function open(
  t: Test,
  { tls, login }: PeerCredentials,
  slow?: CommandHandler,
  clock?: Clock,
): Promise<Port> {
  const recorded = recordLog();
  const server = createKeaHttpServer({
    log: recorded.log,
    table: new Map([
      ['fast', () => success('fast')],
      ['slow', slow ?? (() => success('slow'))],
    ]),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    tls: { ...tls!, requireClientCerts: true },
    basicAuth: login,
    ...(clock ? { clock } : {}),
  });
  t.teardown(() => server.close());
  return { server, port: (await server.listen()).port, recorded };
}

function renewServer({ server }: Port, { tls, login }: PeerCredentials): void {
  server.renew({ tls, basicAuth: login });
}

function clientOf(t: Test, port: number, tls: TlsPaths, password: string | null = null, connections = 1) {
  const basicAuth = password === null ? null : loginOf('ha', password);
  const client = createPeerClient(peerAt(port, { tls, basicAuth }), connections, 'dhcp4');
  t.teardown(() => client.close());
  return client;
}

/** A connection by hand, as one that a Kea keeps. */
async function session(t: Test, port: number, files: TlsPaths): Promise<TLSSocket> {
  const { ca, cert, key } = credentials(files).tls!;
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: [...ca],
    cert,
    key,
    checkServerIdentity: () => undefined,
  });
  t.teardown(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

function shownBy(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}

async function ask(
  socket: TLSSocket,
  command: string,
  connection = 'Connection: keep-alive\r\n',
): Promise<string> {
  const body = JSON.stringify({ command, service: ['dhcp4'] });
  const head = `POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${connection}\r\n`;
  socket.write(head + body);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

t.test('a port shows its new certificate to new connections and drains those from before', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  const peer = issue(authority, 'peer');
  const port = await open(t, credentials(issue(authority, 'first')));
  const [busy, idle] = [await session(t, port.port, peer), await session(t, port.port, peer)];
  t.match(await ask(busy, 'fast'), /connection: keep-alive/i);
  renewServer(port, credentials(issue(authority, 'second')));
  const fresh = await session(t, port.port, peer);
  t.same([busy, idle, fresh].map(shownBy), ['first', 'first', 'second']);
  await delay(100);
  t.notOk(busy.closed || idle.closed, 'nothing is cut');
  const ended = once(busy, 'close');
  t.match(await ask(busy, 'fast'), /^HTTP\/1\.1 200 .*connection: close.*"text": "fast"/is);
  busy.resume();
  await ended;
  // Kea says nothing of its connections, and would take us for gone at the end of one.
  for (let i = 0; i < 3; i++)
    t.match(await ask(idle, 'fast', ''), /^HTTP\/1\.1 200 .*connection: keep-alive/is);
  t.match(await ask(fresh, 'fast'), /connection: keep-alive/i);
  t.match(await ask(fresh, 'fast'), /^HTTP\/1\.1 200 /);
});

t.test('a request under way while both sides change is answered', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let underWay = 0;
  const port = await open(t, credentials(issue(authority, 'first')), async () => {
    underWay++;
    await held;
    return success('slow');
  });
  const client = clientOf(t, port.port, issue(authority, 'peer'), null, 2);
  // Four requests on two connections: two are under way, two wait for a connection.
  const requests = Array.from({ length: 4 }, () => client.request('slow', null, PATIENCE_MS));
  while (underWay < 2) await delay(5);
  renewServer(port, credentials(issue(authority, 'second')));
  client.renew(credentials(issue(authority, 'peer-2')));
  t.match(
    await client.request('fast', null, PATIENCE_MS),
    { kind: 'answer', text: 'fast' },
    'new ones go through',
  );
  release();
  for (const answer of await Promise.all(requests)) t.match(answer, { kind: 'answer', text: 'slow' });
});

t.test(
  'under load neither side loses a request however often certificates and passwords change',
  async (t) => {
    const authority = new Authority(t.testdir({}), 'authority');
    const own = [issue(authority, 'a'), issue(authority, 'b')];
    const others = [issue(authority, 'c'), issue(authority, 'd')];
    const port = await open(t, credentials(own[0]!, 'secret'));
    const client = clientOf(t, port.port, others[0]!, 'secret', 2);
    let isOver = false;
    const failures: unknown[] = [];
    let answered = 0;
    const load = async (): Promise<void> => {
      while (!isOver) {
        const answer = await client.request('fast', null, PATIENCE_MS);
        if (answer.kind === 'answer' && answer.result === 0) answered++;
        else failures.push(answer);
      }
    };
    const loads = Array.from({ length: 6 }, load);
    for (let round = 1; round <= 20; round++) {
      const goal = answered + 5;
      while (answered < goal && failures.length === 0) await delay(5);
      renewServer(port, credentials(own[round % 2]!, 'secret'));
      if (round % 3 === 0) client.renew(credentials(others[round % 2]!, 'secret'));
    }
    isOver = true;
    await Promise.all(loads);
    t.same(failures, []);
    t.ok(answered >= 100, `${answered} requests`);
  },
);

t.test(
  'when the old certificates have run out, those who renewed them go on and those who did not are named',
  async (t) => {
    const authority = new Authority(t.testdir({}), 'authority');
    const startMs = performance.now();
    authority.issue('probe');
    // Long enough for the others to be made and shown once, however busy the machine is.
    const life = { untilMs: Math.max(6_000, 40 * (performance.now() - startMs)) };
    const port = await open(t, credentials(issue(authority, 'first', life)));
    const renewed = clientOf(t, port.port, issue(authority, 'peer', life));
    const forgotten = clientOf(t, port.port, issue(authority, 'peer', life));
    const unaware = clientOf(
      t,
      (await open(t, credentials(issue(authority, 'server', life)))).port,
      issue(authority, 'peer-3'),
    );
    for (const client of [renewed, forgotten, unaware])
      t.match(await client.request('fast', null, PATIENCE_MS), { kind: 'answer' });
    t.equal(unaware.failure, null);
    // All of them ended before this: it is the last that was made.
    const endMs = Date.now() + life.untilMs;
    renewServer(port, credentials(issue(authority, 'second')));
    renewed.renew(credentials(issue(authority, 'peer-2')));
    await delay(endMs + 1_100 - Date.now());
    const before = renewed.failure;
    for (let i = 0; i < 3; i++) t.match(await renewed.request('fast', null, PATIENCE_MS), { kind: 'answer' });
    t.equal(before, null);
    // The connection from before is drained by one more request; the next one has to show the certificate.
    await forgotten.request('fast', null, PATIENCE_MS);
    t.match(await forgotten.request('fast', null, PATIENCE_MS), {
      kind: 'failed',
      reason:
        /; our own cert-file ".*peer-\d-?.*\.pem": the certificate of peer expired at .* UTC, renew it$/,
    });
    t.match(port.recorded.events.at(-1), {
      id: 'TDM_HTTP_REFUSED',
      fields: {
        reason:
          /CERT_HAS_EXPIRED\): the certificate of the client, or the authority .* has expired: renew it there/,
      },
    });
    unaware.renew(credentials(issue(authority, 'peer-4')));
    t.match(await unaware.request('fast', null, PATIENCE_MS), {
      kind: 'failed',
      reason:
        /\(CERT_HAS_EXPIRED\): the certificate of server2, or the authority that issued it, has expired: renew it there/,
    });
    t.match(unaware.failure, /CERT_HAS_EXPIRED/, 'it is there for whoever asks why');
  },
);

t.test(
  'another authority is trusted after the change and the old one is not, whatever was resumed before',
  async (t) => {
    const directory = t.testdir({});
    const [old, next] = [new Authority(directory, 'old'), new Authority(directory, 'next')];
    const port = await open(t, credentials(issue(old, 'server')));
    const stays = clientOf(t, port.port, issue(old, 'peer'));
    t.match(await stays.request('fast', null, PATIENCE_MS), { kind: 'answer' });
    renewServer(port, credentials(issue(next, 'server')));
    t.match(
      await stays.request('fast', null, PATIENCE_MS),
      { kind: 'answer' },
      'the last one of the old connection',
    );
    t.match(await stays.request('fast', null, PATIENCE_MS), {
      kind: 'failed',
      reason: /: no authority in our trust-anchor issued the certificate of server2: add its authority here/,
    });
    stays.renew(credentials(issue(next, 'peer')));
    t.match(await stays.request('fast', null, PATIENCE_MS), { kind: 'answer' });
  },
);

t.test('a session of the former certificate is not resumed', async (t) => {
  const directory = t.testdir({});
  const [old, next] = [new Authority(directory, 'old'), new Authority(directory, 'next')];
  const port = await open(t, credentials(issue(old, 'server')));
  const peer = credentials(issue(old, 'peer')).tls!;
  const settings = { host: '127.0.0.1', port: port.port, cert: peer.cert, key: peer.key };
  const trust = { ca: [...peer.ca, readFileSync(next.certificate)], checkServerIdentity: () => undefined };
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    renewServer(port, credentials(issue(old, 'server')));
    const resume = async (ticket?: Buffer) => {
      const socket = connect({ ...settings, ...trust, maxVersion, ...(ticket ? { session: ticket } : {}) });
      t.teardown(() => void socket.destroy());
      socket.on('error', () => {});
      const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.once('secureConnect', () => resolve(true)).once('close', () => resolve(false));
      });
      return { socket, session, isOpen };
    };
    const first = await resume();
    const again = await resume(await first.session);
    t.ok(again.isOpen && again.socket.isSessionReused(), `${maxVersion}: resumed while nothing has changed`);
    renewServer(port, credentials(issue(next, 'server')));
    const late = await resume(await first.session);
    t.notOk(late.isOpen && late.socket.isSessionReused(), `${maxVersion}: not after the change`);
  }
});

t.test('close ends requests under way on connections of former credentials too', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  const port = await open(t, credentials(issue(authority, 'server')), () => new Promise(() => {}));
  const client = clientOf(t, port.port, issue(authority, 'peer'));
  const pending = client.request('slow', null, PATIENCE_MS);
  await delay(50);
  client.renew(credentials(issue(authority, 'peer-2')));
  await client.close();
  t.match(await pending, { kind: 'failed' });
  client.renew(credentials(issue(authority, 'peer-3')));
  t.match(await client.request('fast', null, PATIENCE_MS), { kind: 'failed' }, 'what is closed stays closed');
});

t.test('a password that one side has before the other is no failure, for a minute', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  const own = issue(authority, 'server');
  const clock = new VirtualTime();
  const port = await open(t, credentials(own, 'one'), undefined, clock);
  const client = clientOf(t, port.port, issue(authority, 'peer'), 'one');
  const change = (password: string): void => client.renew(credentials(own, password));
  const ask = () => client.request('fast', null, PATIENCE_MS);
  t.match(await ask(), { result: 0 });
  renewServer(port, credentials(own, 'two'));
  t.match(await ask(), { result: 0 }, 'the port is first: it takes the former one');
  change('two');
  t.match(await ask(), { result: 0 });
  change('three');
  t.match(await ask(), { result: 0 }, 'the client is first: it tries the former one');
  renewServer(port, credentials(own, 'three'));
  t.match(await ask(), { result: 0 });
  renewServer(port, credentials(own, 'four'));
  renewServer(port, credentials(own, 'four'));
  await clock.advance(59_000);
  t.match(await ask(), { result: 0 });
  await clock.advance(1_000);
  t.match(await ask(), { kind: 'failed', reason: /Unauthorized/ }, 'then it is over');
});

t.test('credentials that OpenSSL refuses leave a port as it is', async (t) => {
  const authority = new Authority(t.testdir({}), 'authority');
  const first = credentials(issue(authority, 'first'));
  const port = await open(t, first);
  const mixed = { ...first.tls!, key: credentials(issue(authority, 'other')).tls!.key };
  t.throws(() => port.server.renew({ tls: mixed, basicAuth: null }));
  t.equal(shownBy(await session(t, port.port, issue(authority, 'peer'))), 'first');
});
