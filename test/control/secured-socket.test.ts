/** Control sockets that ask for a password or a certificate, and go on when these are replaced. */
import { readFileSync } from 'node:fs';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import type { HttpSocketConfig } from '../../src/config/control-model.ts';
import { parseConfig } from '../../src/config/load.ts';
import { openControlSocket } from '../../src/control/server.ts';
import { isFaults } from '../../src/credentials/fault.ts';
import { readTlsSet } from '../../src/credentials/tls-set.ts';
import { Authority } from '../support/authority.ts';
import { OPEN_SOCKET, recordingLog } from './harness.ts';

const COMMAND = JSON.stringify({ command: 'hello' });

async function open(t: Test, socket: Partial<HttpSocketConfig>) {
  const { log } = recordingLog();
  const pages = new Map([['/metrics', async () => ({ status: 200, contentType: 'text/plain', body: 'm' })]]);
  const table = new Map([['hello', () => ({ result: 0 })]]);
  const config: HttpSocketConfig = { kind: 'http', address: '127.0.0.1', port: 0, ...OPEN_SOCKET, ...socket };
  const server = await openControlSocket(config, { service: 'dhcp4', log, table, pages });
  t.teardown(() => server.close(0));
  return { server, url: `http://127.0.0.1:${server.port}/` };
}

async function post(url: string, login?: string): Promise<Response> {
  const authorization = login === undefined ? {} : { authorization: `Basic ${btoa(login)}` };
  return fetch(url, {
    method: 'POST',
    body: COMMAND,
    headers: { 'content-type': 'application/json', ...authorization },
  });
}

t.test('one of the clients has to be shown, for commands and pages, and the realm is named', async (t) => {
  const folder = t.testdir({ both: 'carol:three:3\nmore\n', name: 'bob\n', word: 'two\n' });
  const clients = [
    { user: { text: 'alice' }, password: { text: 'one' } },
    { user: { file: join(folder, 'name') }, password: { file: join(folder, 'word') } },
    { user: null, password: { file: join(folder, 'both') } },
  ];
  const headers = [{ name: 'X-Site', value: 'north' }];
  const { url } = await open(t, { clients, realm: 'ours', headers });
  for (const login of ['alice:one', 'bob:two', 'carol:three:3']) {
    const response = await post(url, login);
    t.match([response.status, response.headers.get('x-site')], [200, 'north'], login);
  }
  for (const login of [
    undefined,
    '',
    'alice',
    'alice:',
    'alice:two',
    'bob:one',
    'Alice:one',
    'x'.repeat(5000),
  ]) {
    const response = await post(url, login);
    t.equal(response.status, 401, `${login?.slice(0, 20)}`);
    t.equal(response.headers.get('www-authenticate'), 'Basic realm="ours"');
  }
  t.equal((await fetch(`${url}metrics`)).status, 401);
});

t.test('a password file that is replaced counts at once, the one before for a while', async (t) => {
  const folder = t.testdir({ word: 'old\n' });
  const word = join(folder, 'word');
  const { server, url } = await open(t, { clients: [{ user: { text: 'a' }, password: { file: word } }] });
  const { tls, logins } = server.credentials!();
  server.renew!({ tls, logins: [{ ...logins[0]!, password: 'new', digest: 'other' }] });
  for (const [login, status] of [
    ['a:new', 200],
    ['a:old', 200],
    ['a:none', 401],
  ] as const)
    t.equal((await post(url, login)).status, status, login);
});

t.test(
  'https with client certificates: who has none is turned away, and a new certificate is shown to who comes next',
  async (t) => {
    const folder = t.testdir({});
    const authority = new Authority(folder, 'authority');
    const stranger = new Authority(folder, 'stranger');
    const own = authority.issue('server');
    const client = authority.issue('client');
    const other = stranger.issue('other');
    const paths = { trustAnchor: authority.certificate, certFile: own.certificate, keyFile: own.key };
    const { server } = await open(t, { tls: { ...paths, requireClientCerts: true } });
    const ask = (files: { certificate: string; key: string } | null): Promise<string> =>
      new Promise((resolve) => {
        const pem = files && { cert: readFileSync(files.certificate), key: readFileSync(files.key) };
        const request = requestHttps(
          {
            host: '127.0.0.1',
            port: server.port!,
            method: 'POST',
            agent: false,
            ca: readFileSync(authority.certificate),
            checkServerIdentity: () => undefined,
            headers: { 'content-type': 'application/json', 'content-length': COMMAND.length },
            ...pem,
          },
          (response) => {
            const { subject } = (response.socket as TLSSocket).getPeerCertificate();
            response.resume().on('end', () => resolve(`${response.statusCode} ${subject.CN}`));
          },
        );
        request.on('error', () => resolve('refused'));
        request.end(COMMAND);
      });
    t.equal(await ask(client), '200 server');
    t.equal(await ask(null), 'refused');
    t.equal(await ask(other), 'refused');
    const renewed = authority.issue('renewed');
    const set = readTlsSet({ ...paths, certFile: renewed.certificate, keyFile: renewed.key });
    if (isFaults(set)) throw new Error('the new certificate is right');
    server.renew!({ tls: set, logins: [] });
    t.equal(await ask(client), '200 renewed');
  },
);

t.test('a socket whose files cannot be read is not opened without them', async (t) => {
  const missing = { user: { text: 'a' }, password: { file: '/nowhere/word' } };
  await t.rejects(open(t, { clients: [missing] }), { code: 'TDM_ERR_CONTROL_LISTEN' });
  const tls = {
    trustAnchor: '/nowhere/a',
    certFile: '/nowhere/b',
    keyFile: '/nowhere/c',
    requireClientCerts: true,
  };
  await t.rejects(open(t, { tls }), { code: 'TDM_ERR_CONTROL_LISTEN' });
});

t.test('the configuration of a guarded socket, as a site writes it', async (t) => {
  const folder = t.testdir({ 'kea-api-password': 'root:secret\n' });
  const socket = {
    'socket-type': 'http',
    'socket-address': '0.0.0.0',
    authentication: { type: 'basic', directory: folder, clients: [{ 'password-file': 'kea-api-password' }] },
    'http-headers': [{ name: 'Strict-Transport-Security', value: 'max-age=31536000' }],
  };
  const document = {
    Dhcp4: {
      'interfaces-config': { interfaces: [], 'dhcp-socket-type': 'udp' },
      'control-sockets': [socket],
    },
  };
  const result = parseConfig(JSON.stringify(document), 'kea-dhcp4.conf');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  t.match(result.config.controlSockets, [
    {
      clients: [{ user: null, password: { file: join(folder, 'kea-api-password') } }],
      realm: 'kea-dhcpv4-server',
    },
  ]);
  t.notOk(
    result.warnings.some(({ path }) => path.includes('socket-address')),
    'a guarded socket may be reached',
  );
});
