/**
 * A whole server with every library, in a process of its own: every command with generated arguments over its unix socket, and
 * whatever comes to the port of its peers. It answers each with a result, none of its handlers breaks, and it lives on.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreeTcpPort } from '../../src/demo/ports.ts';
import { freeUdpPort, ServerUnderTest, writeConfig } from '../app/process.ts';
import { askRaw } from '../control/harness.ts';
import { commandCases } from '../interop/command-cases.ts';
import { keaRequest, openSocket, readResponse } from '../peer/support/raw-http.ts';
import type { Chance, Target } from './fuzzer.ts';

const LIBRARIES = ['lease_cmds', 'stat_cmds', 'subnet_cmds', 'class_cmds', 'host_cmds'];
const HOST = '127.0.0.1';
/** What an exception looks like that nobody meant for a sender. */
const BROKEN =
  /Cannot (?:read|set|convert|destructure)|is not (?:a function|iterable|defined)|undefined|Maximum call stack|Invalid (?:array|string) length|ERR_/;

type Json = unknown;

/** Every command that neither ends the server nor takes minutes, with arguments that are right. */
const RIGHT: readonly (readonly [command: string, args?: Json])[] = [
  ['subnet4-list'],
  ['subnet4-get', { id: 1 }],
  [
    'subnet4-add',
    { subnet4: [{ id: 7, subnet: '10.7.0.0/24', pools: [{ pool: '10.7.0.10 - 10.7.0.99' }] }] },
  ],
  ['subnet4-update', { subnet4: [{ id: 7, subnet: '10.7.0.0/24', 'valid-lifetime': 900 }] }],
  ['subnet4-delta-add', { subnet4: [{ id: 7, subnet: '10.7.0.0/24', pools: [{ pool: '10.7.0.128/26' }] }] }],
  ['subnet4-delta-del', { subnet4: [{ id: 7, subnet: '10.7.0.0/24', pools: [{ pool: '10.7.0.128/26' }] }] }],
  ['subnet4-del', { id: 7 }],
  ['network4-list'],
  ['network4-add', { 'shared-networks': [{ name: 'n', subnet4: [{ id: 8, subnet: '10.8.0.0/24' }] }] }],
  ['network4-get', { name: 'n' }],
  ['network4-subnet-add', { name: 'n', id: 7 }],
  ['network4-subnet-del', { name: 'n', id: 8 }],
  ['network4-del', { name: 'n', 'subnets-action': 'delete' }],
  ['class-list'],
  ['class-add', { 'client-classes': [{ name: 'c', test: "option[60].hex == 'x'" }] }],
  ['class-update', { 'client-classes': [{ name: 'c', test: "member('KNOWN')", 'next-server': '10.0.0.1' }] }],
  ['class-get', { name: 'c' }],
  ['class-del', { name: 'c' }],
  [
    'reservation-add',
    { reservation: { 'subnet-id': 1, 'hw-address': '02:00:00:00:00:07', 'ip-address': '10.0.0.7' } },
  ],
  ['reservation-get', { 'subnet-id': 1, 'identifier-type': 'hw-address', identifier: '02:00:00:00:00:07' }],
  ['reservation-get-all', { 'subnet-id': 1 }],
  ['reservation-get-page', { 'subnet-id': 1, limit: 3 }],
  ['reservation-get-by-id', { 'identifier-type': 'hw-address', identifier: '02:00:00:00:00:07' }],
  ['reservation-get-by-hostname', { hostname: 'a' }],
  ['reservation-del', { 'subnet-id': 1, 'ip-address': '10.0.0.7' }],
  ['config-write', { filename: 'copy.conf' }],
  ['lease4-write', { filename: 'copy.csv' }],
  ['lease4-get-by-state', { state: 'assigned', 'subnet-id': 1 }],
  ['lease4-resend-ddns', { 'ip-address': '10.0.0.9' }],
  [
    'lease4-bulk-apply',
    {
      'deleted-leases': [{ 'ip-address': '10.0.0.9' }],
      leases: [{ 'ip-address': '10.0.0.9', 'hw-address': '1:2' }],
    },
  ],
  ['config-reload'],
  ['config-hash-get'],
  ['kea-lfc-start'],
  ['ha-maintenance-start'],
  ['interface-list'],
];

/** Values of every type, and such as mean something to somebody. */
const VALUES: readonly Json[] = [
  ...[null, '', 0, -1, 1, 1.5, true, false, 'x', [], {}, 4_294_967_296, 1e20, -0, 1e-7],
  ...[
    '10.0.0.9',
    '10.0.0.0/16',
    '255.255.255.255',
    '::1',
    '02:00:00:00:00:07',
    'start',
    'a.b',
    '../x',
    '/etc/x',
    'a\0b',
    '\ud800',
  ],
  ...[
    [null],
    [[]],
    [{}],
    { a: { b: [1] } },
    { __proto__: null },
    JSON.parse('{"__proto__":{"x":1}}'),
    'x'.repeat(300),
  ],
];

interface Command {
  readonly command: string;
  readonly arguments?: Json;
}

const isMap = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One thing about a value is otherwise, somewhere in it. */
function changed(value: Json, keys: readonly string[], chance: Chance): Json {
  if (chance(4) === 0) return VALUES[chance(VALUES.length)];
  if (Array.isArray(value)) {
    if (value.length === 0 || chance(4) === 0) return [...value, VALUES[chance(VALUES.length)]];
    const at = chance(value.length);
    return value.map((each, index) => (index === at ? changed(each, keys, chance) : each));
  }
  if (!isMap(value)) return VALUES[chance(VALUES.length)];
  const entries = Object.entries(value);
  const at = chance(entries.length + 1);
  if (at === entries.length) entries.push([keys[chance(keys.length)]!, VALUES[chance(VALUES.length)]]);
  else if (chance(4) === 0) entries.splice(at, 1);
  else entries[at] = [entries[at]![0], changed(entries[at]![1], keys, chance)];
  return Object.fromEntries(entries);
}

function keysOf(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return isMap(value) ? Object.entries(value).flatMap(([key, each]) => [key, ...keysOf(each)]) : [];
}

class WholeServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tdm-'));
  #server: ServerUnderTest | null = null;
  #users = 0;
  #read = 0;
  peerPort = 0;
  cases: readonly Command[] = [];

  get socket(): string {
    return join(this.#directory, 'ctl');
  }

  async open(): Promise<void> {
    if (this.#users++ > 0) return;
    this.peerPort = await findFreeTcpPort(HOST);
    await this.#start();
    const { arguments: document } = await this.ask({ command: 'config-get' });
    const { hash: _, ...own } = document as Record<string, Json>;
    const whole = ['config-set', 'config-test'].map((command) => ({ command, arguments: own }));
    const right = RIGHT.map(([command, args]) =>
      args === undefined ? { command } : { command, arguments: args },
    );
    const asked = commandCases('kea 2.2').map(({ command, args }) =>
      args === undefined ? { command } : { command, arguments: args },
    );
    this.cases = [...right, ...whole, ...asked].filter(({ command }) => command !== 'shutdown');
  }

  async #start(): Promise<void> {
    const peers = ['a', 'b'].map((name, index) => ({
      name,
      role: index === 0 ? 'primary' : 'standby',
      // Nobody listens where the partner should.
      url: `http://${HOST}:${index === 0 ? this.peerPort : 9}/`,
    }));
    const pair = {
      'this-server-name': 'a',
      mode: 'hot-standby',
      'max-response-delay': 1000,
      'heartbeat-delay': 500,
      peers,
    };
    const file = writeConfig(this.#directory, {
      'hooks-libraries': [
        ...LIBRARIES.map((name) => ({ library: `libdhcp_${name}.so` })),
        { library: 'libdhcp_ha.so', parameters: { 'high-availability': [pair] } },
      ],
      'client-classes': [{ name: 'first', test: "substring(option[60].hex, 0, 3) == 'abc'" }],
    });
    this.#server = new ServerUnderTest(['serve', '-c', file, '-p', `${freeUdpPort()}`]);
    this.#read = 0;
    await this.#server.logged('TDM_ENGINE_SERVING');
  }

  async ask(command: Command): Promise<Record<string, Json>> {
    return JSON.parse(await askRaw(this.socket, JSON.stringify(command))) as Record<string, Json>;
  }

  /** @throws Error when the server has ended, or one of its handlers broke since the last time */
  check(): void {
    const { child, log } = this.#server!;
    const fresh = log.slice(this.#read);
    this.#read = log.length;
    const broken = fresh.find(({ id, level }) => id === 'TDM_CONTROL_COMMAND_FAILED' || level === 'fatal');
    if (broken !== undefined) throw new Error(JSON.stringify(broken));
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server has ended: ${JSON.stringify(log.slice(-3))}`);
  }

  /** A configuration by command may have closed the sockets that this run uses. */
  async revive(): Promise<void> {
    if (existsSync(this.socket) && (await isOpen(this.peerPort))) return;
    await this.#server!.stop('SIGKILL');
    await this.#start();
  }

  async close(): Promise<void> {
    if (--this.#users > 0) return;
    await this.#server?.stop('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

async function isOpen(port: number): Promise<boolean> {
  return openSocket(port).then(
    (socket) => socket.destroy() !== undefined,
    () => false,
  );
}

/** A case as it is, or with one to three things otherwise. */
function generated(server: WholeServer, chance: Chance): Command {
  let command: Command = server.cases[chance(server.cases.length)]!;
  const keys = keysOf(server.cases[chance(server.cases.length)]!.arguments);
  for (let changes = chance(4); changes > 0; changes--)
    command = { ...command, arguments: changed(command.arguments, [...keys, 'x', 'user-context'], chance) };
  return command;
}

function isShutdown(text: string): boolean {
  return /s(?:h|\\u0068)utdown/.test(text) || /\\u00/.test(text);
}

/** What an answer says, in few words. @throws Error for what is no answer */
function judged(answer: string): string {
  const { result, text = '' } = JSON.parse(answer) as { result: number; text?: string };
  if (typeof result !== 'number') throw new Error(`an answer without a result: ${answer.slice(0, 500)}`);
  if (result === 1 && BROKEN.test(text)) throw new Error(`an exception as an answer: ${text}`);
  const [one, two] =
    String(text)
      .replace(/'.*'|".*"/gs, '')
      .match(/\b[a-z]{4,}\b/g) ?? [];
  return `${result} ${one} ${two}`;
}

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));

async function commands(server: WholeServer): Promise<Target> {
  await server.open();
  return {
    name: 'commands',
    outcomesMin: 60,
    seeds: RIGHT.map(([command, args]) => text(JSON.stringify({ command, arguments: args }))),
    generate: (chance) => text(JSON.stringify(generated(server, chance))),
    run: async (input) => {
      const told = Buffer.from(input).toString('utf8');
      if (isShutdown(told)) return 'not sent';
      const answer = await askRaw(server.socket, input, { halfClose: true });
      server.check();
      if (answer === '') return 'silence';
      if (/config-set|config-reload|config-write/.test(told)) await server.revive();
      return judged(answer);
    },
    close: () => server.close(),
  };
}

async function peerRequests(server: WholeServer): Promise<Target> {
  await server.open();
  const asked = [
    'ha-heartbeat',
    'ha-scopes',
    'dhcp-disable',
    'lease4-update',
    'ha-sync',
    'config-set',
    'list-commands',
  ];
  return {
    name: 'peer-requests',
    outcomesMin: 30,
    seeds: asked.map((command) => text(keaRequest(JSON.stringify({ command, service: ['dhcp4'] })))),
    words: [
      '\r\n',
      'Content-Length: ',
      'Transfer-Encoding: chunked\r\n',
      'Authorization: Basic eDp5\r\n',
      'Expect: 100-continue\r\n',
      'GET',
      'HTTP/1.0',
    ],
    generate: (chance) =>
      text(keaRequest(JSON.stringify({ ...generated(server, chance), service: ['dhcp4'] }))),
    run: async (input) => {
      if (isShutdown(Buffer.from(input).toString('utf8'))) return 'not sent';
      const socket = await openSocket(server.peerPort);
      socket.end(input);
      const response = await readResponse(socket);
      socket.destroy();
      server.check();
      if (response === null) return 'closed';
      if (response.status !== 200) return `${response.status} ${response.body.replace(/\d+/g, '_')}`;
      const [answer] = JSON.parse(response.body) as Json[];
      return `200 ${judged(JSON.stringify(answer))}`;
    },
    close: () => server.close(),
  };
}

/** Both ways into one server. */
export async function wholeServer(): Promise<Target[]> {
  const server = new WholeServer();
  return [await commands(server), await peerRequests(server)];
}
