/** Every way by which octets of somebody else get into the server, each as an entry point of the fuzzer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { createLease4Commands } from '../../src/control/commands/lease4.ts';
import { LeaseSubnets } from '../../src/control/commands/lease4-subnets.ts';
import { createKeaHttpServer } from '../../src/control/http/kea-http.ts';
import { openControlSocket } from '../../src/control/server.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { encodeRow, ROW_BYTES_MAX } from '../../src/lease/dhcp4/csv.ts';
import { RowDecoder } from '../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import { askRaw } from '../control/harness.ts';
import { CheckedServer } from '../engine/checked-server.ts';
import { ip, packet } from '../engine/packets.ts';
import { oddLines } from '../interop/lease-lines.ts';
import { keaRequest, openSocket, readResponse } from '../peer/support/raw-http.ts';
import { createTestStore } from '../peer/support/store.ts';
import { configurations, configurations6 } from './configurations.ts';
import { expressions } from './expressions.ts';
import { frames } from './frames.ts';
import type { Target } from './fuzzer.ts';
import { leaseFiles } from './lease-files.ts';
import { leaseStream, leaseStream6 } from './lease-stream.ts';
import { netlink } from './netlink.ts';
import { sealedStream } from './sealed-stream.ts';
import { updateRecords } from './update-records.ts';
import { updateRecords6 } from './update-records6.ts';
import { wholeServer } from './whole-server.ts';

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'utf8'));

/** Words without what is different each time. */
function words(value: string): string {
  return value.replace(/"[^"]*"|'[^']*'|[\d.:/]+/g, '_');
}

/** A datagram to a server whose answers, counters and rows are checked. */
export function datagrams(): Target {
  const teardowns: (() => void)[] = [];
  const voice = {
    fail: (message: string) => {
      throw new Error(message);
    },
    teardown: (done: () => void) => teardowns.push(done),
  };
  const server = new CheckedServer(voice);
  const options = [
    [12, [...Buffer.from('Some.Host')]],
    [50, ip('10.0.0.50')],
    [54, ip('127.0.0.1')],
    [55, [1, 3, 6, 12, 15, 51, 54, 58, 59, 121]],
    [57, [5, 220]],
    [61, [1, 2, 3, 4, 5, 6, 7]],
    [82, [1, 4, 0, 4, 0, 1, 5, 4, 10, 0, 0, 1, 11, 4, 10, 0, 0, 2]],
  ] as const;
  return {
    name: 'datagrams',
    outcomesMin: 25,
    seeds: [
      MessageType.discover,
      MessageType.request,
      MessageType.decline,
      MessageType.release,
      MessageType.inform,
    ].map((type) =>
      packet({ type, ciaddr: type === MessageType.release ? '10.0.0.50' : '0.0.0.0', options }),
    ),
    run: (input) => {
      const fate = server.ask(input);
      const { reply } = server;
      return `${fate} ${reply === null ? '' : `${reply.type} ${[...reply.options.keys()]}`}`;
    },
    close: () => {
      for (const done of teardowns) done();
    },
  };
}

/** A line of the lease file: what is read is written as a row that is read as the same again. */
export function leaseRows(): Target {
  const [decoder, again] = [new RowDecoder(), new RowDecoder()];
  const columns = { min: 9, max: 12 };
  const out = new Uint8Array(ROW_BYTES_MAX);
  const twice = new Uint8Array(ROW_BYTES_MAX);
  return {
    name: 'lease-rows',
    outcomesMin: 12,
    seeds: oddLines(12).map(({ line }) => text(line)),
    run: (input) => {
      const line = Uint8Array.from([...input.filter((octet) => octet !== 0x0a), 0x0a]);
      const fault = decoder.decode(line, 0, columns);
      if (decoder.next !== line.length)
        throw new Error(`the next row begins at ${decoder.next} of ${line.length}`);
      if (fault !== RowFault.none) return `fault ${fault}`;
      const length = encodeRow(out, 0, decoder.record);
      if (length === 0) throw new Error('what was read cannot be written');
      if (again.decode(out, 0, { min: 12, max: 12 }) !== RowFault.none)
        throw new Error('what was written cannot be read');
      const same = encodeRow(twice, 0, again.record);
      if (Buffer.compare(out.subarray(0, length), twice.subarray(0, same)) !== 0)
        throw new Error('it is another row now');
      const { state, userContextLength, hostnameLength, clientIdLength, hwLength } = decoder.record;
      return `row ${state} ${[userContextLength, hostnameLength, clientIdLength, hwLength].map(Math.sign)}`;
    },
    close: () => {},
  };
}

const LEASE = { 'ip-address': '10.0.1.2', 'hw-address': '02:00:00:00:00:01', 'subnet-id': 1 };
const COMMANDS = [
  {
    command: 'lease4-add',
    arguments: { ...LEASE, 'client-id': '01:02', hostname: 'a.b', 'user-context': { a: [1] } },
  },
  { command: 'lease4-update', arguments: { ...LEASE, 'force-create': true, origin: 'ha-partner', state: 2 } },
  {
    command: 'lease4-get',
    arguments: { 'identifier-type': 'hw-address', identifier: '02:00', 'subnet-id': 1 },
  },
  { command: 'lease4-get-page', arguments: { from: 'start', limit: 2 } },
  { command: 'lease4-get-all', service: ['dhcp4'] },
  { command: 'lease4-del', arguments: { 'ip-address': '10.0.1.2' } },
];

/** The table of lease commands as a peer or an administrator has it, on a store that counts. */
function leaseCommands(caller: 'peer' | 'administrator') {
  const { store } = createTestStore(4_096, [1]);
  const lifetime = { minSec: 3600, defaultSec: 3600, maxSec: 3600 };
  const subnets = new LeaseSubnets([
    { id: 1, prefix: parseIpv4('10.0.0.0')!, prefixLength: 16, validLifetime: lifetime },
  ]);
  return createLease4Commands({
    store,
    subnets: () => subnets,
    clock: systemClock,
    caller,
    leaseFile: () => null,
    yieldTurn: async () => {},
  });
}

const failsOn = (log: string[]) => (id: string) => {
  if (id === 'TDM_CONTROL_COMMAND_FAILED') log.push(id);
};

/** A command over the unix socket. */
export async function unixCommands(): Promise<Target> {
  const directory = mkdtempSync(join(tmpdir(), 'tdm-'));
  const path = join(directory, 'ctl');
  const failures: string[] = [];
  const table = leaseCommands('administrator');
  const socket = await openControlSocket(
    { kind: 'unix', path },
    { service: 'dhcp4', table, log: failsOn(failures), pages: new Map() },
  );
  return {
    name: 'unix-commands',
    outcomesMin: 20,
    seeds: COMMANDS.map((command) => text(JSON.stringify(command))),
    run: async (input) => {
      const answer = await askRaw(path, input, { halfClose: true });
      if (failures.length > 0) throw new Error(`a command failed: ${failures.splice(0)}`);
      if (answer === '') return 'silence';
      const { result, text: told = '' } = JSON.parse(answer) as { result: number; text?: string };
      if (typeof result !== 'number') throw new Error(`an answer without a result: ${answer}`);
      // What is quoted may be anything.
      const [one, two] = told.replace(/'.*'|".*"/gs, '').match(/\b[a-z]{4,}\b/g) ?? [];
      return `${result} ${one} ${two}`;
    },
    close: async () => {
      await socket.close(100);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A request to the port of the peers, or to an HTTP control socket, which is the same program. */
export async function httpRequests(): Promise<Target> {
  const failures: string[] = [];
  const server = createKeaHttpServer({
    log: failsOn(failures),
    table: leaseCommands('peer'),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
  });
  const { port } = await server.listen();
  return {
    name: 'http-requests',
    outcomesMin: 20,
    seeds: COMMANDS.map((command) => text(keaRequest(JSON.stringify(command)))),
    run: async (input) => {
      const socket = await openSocket(port);
      socket.end(input);
      const response = await readResponse(socket);
      socket.destroy();
      if (failures.length > 0) throw new Error(`a command failed: ${failures.splice(0)}`);
      if (response === null) return 'closed';
      return `${response.status} ${words(response.body)}`;
    },
    close: () => server.close(),
  };
}

/** Each of them, opened when its turn comes. */
export async function openTargets(): Promise<Target[]> {
  return [
    datagrams(),
    frames(),
    expressions(),
    configurations(),
    configurations6(),
    leaseRows(),
    leaseFiles(),
    updateRecords(),
    updateRecords6(),
    leaseStream(),
    leaseStream6(),
    sealedStream(),
    netlink(),
    await unixCommands(),
    await httpRequests(),
    ...(await wholeServer()),
  ];
}
