/** DHCPv6 clients on a link: each asks all servers at once for an address and a prefix, again and again until one of them answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT_PORT, MessageType, OptionCode, SERVER_PORT } from '../../src/dhcp6/codes.ts';
import { openUdp6Socket } from '../../src/io/udp6.ts';
import { duid, iaAddress, iaNa, iaPd, iaPrefix, opt, optionsOf } from '../engine/dhcp6/messages.ts';
import { SERVERS_SEGMENT, type ServerName } from './configuration.ts';
import { toldOf } from './differential6/tree.ts';
import type { Network, Teardown } from './network.ts';
import { interfaceOf, linkLocalOf } from './scene6.ts';
import { serverDuid6 } from './server6.ts';
import { adopt } from './two-ports.ts';
import { ALL_SERVERS_ON_LINK } from './two-ports6.ts';

const AGAIN_MS = 300;
const PATIENCE_MS = 20_000;
const IAID = 7;
const HEADER_BYTES = 4;
const SERVERS = ['server1', 'server2'] as const;

/** What a client has, and from whom. */
export interface Binding {
  /** Number of the client. */
  readonly client: number;
  readonly server: ServerName;
  readonly address: string;
  /** With its length. */
  readonly prefix: string;
}

interface Query {
  readonly type: number;
  readonly client: number;
  /** Whom it is for; null = every server. */
  readonly server: ServerName | null;
  readonly address?: string;
  readonly prefix?: string;
}

interface Answer {
  readonly server: ServerName;
  /** "" where there is none. */
  readonly address: string;
  readonly prefix: string;
}

export interface LinkClients6 {
  /** SOLICIT and REQUEST. */
  bind(client: number): Promise<Binding>;
  /** Any server may answer. @returns what the client has now */
  rebind(binding: Binding): Promise<Binding>;
  /** Gives back what is named. */
  release(binding: Partial<Binding> & Pick<Binding, 'client' | 'server'>): Promise<void>;
  /** Somebody else has the address; the prefix is kept. */
  decline(binding: Binding): Promise<void>;
  /** Questions that more than one server has answered. */
  doubleAnswers(): string[];
}

/**
 * Opens the socket of the clients, which is closed when the test ends. Pre: the addresses of the host are usable
 * @param patienceMs for how long they ask; then they throw
 */
export function openLinkClients6(
  t: Teardown,
  network: Network,
  host: string,
  patienceMs = PATIENCE_MS,
): LinkClients6 {
  const link = interfaceOf(network, host, SERVERS_SEGMENT);
  const options = { address: linkLocalOf(link), port: CLIENT_PORT, link };
  const socket = adopt(
    'udp6',
    network.inside(host, () => openUdp6Socket(options)),
  );
  t.teardown(() => socket.close());
  const heard = new Map<number, Answer[]>();
  socket.on('message', (reply: Uint8Array) => {
    const answers = heard.get(xidOf(reply));
    answers?.push(answerOf(reply));
  });
  const ask = async (query: Query): Promise<Answer> => {
    const xid = heard.size + 1;
    const answers: Answer[] = [];
    heard.set(xid, answers);
    const octets = octetsOf(query, xid);
    const deadline = performance.now() + patienceMs;
    for (let sentMs = 0; performance.now() < deadline; await sleep(2)) {
      const [answer] = answers;
      if (answer !== undefined) return answer;
      if (performance.now() - sentMs < AGAIN_MS) continue;
      sentMs = performance.now();
      socket.send(octets, SERVER_PORT, ALL_SERVERS_ON_LINK);
    }
    throw new Error(`no answer to ${JSON.stringify(query)}`);
  };
  const { solicit, request, rebind, release, decline } = MessageType;
  const bindingOf = async (query: Query): Promise<Binding> => {
    const { server, address, prefix } = await ask(query);
    if (address === '' || prefix === '') throw new Error(`${server} gives nothing: ${JSON.stringify(query)}`);
    return { client: query.client, server, address, prefix };
  };
  return {
    bind: async (client) =>
      bindingOf({ ...(await bindingOf({ type: solicit, client, server: null })), type: request }),
    rebind: (binding) => bindingOf({ ...binding, type: rebind, server: null }),
    release: async (binding) => void (await ask({ ...binding, type: release })),
    decline: async ({ client, server, address }) =>
      void (await ask({ type: decline, client, server, address })),
    doubleAnswers: () =>
      [...heard].flatMap(([xid, answers]) => {
        const servers = new Set(answers.map(({ server }) => server));
        return servers.size > 1 ? [`${xid}: ${[...servers].join(' and ')}`] : [];
      }),
  };
}

function octetsOf({ type, client, server, address, prefix }: Query, xid: number): Uint8Array {
  const isForAll = address === undefined && prefix === undefined;
  return Uint8Array.from([
    type,
    xid >>> 16,
    (xid >>> 8) & 255,
    xid & 255,
    ...opt(OptionCode.clientId, duid(client)),
    ...(server === null ? [] : opt(OptionCode.serverId, Buffer.from(serverDuid6(server), 'hex'))),
    ...opt(OptionCode.elapsedTime, [0, 0]),
    ...(isForAll || address !== undefined
      ? iaNa(IAID, ...(address === undefined ? [] : [iaAddress(address)]))
      : []),
    ...(isForAll || prefix !== undefined
      ? iaPd(IAID, ...(prefix === undefined ? [] : [iaPrefix(prefix)]))
      : []),
  ]);
}

function xidOf(reply: Uint8Array): number {
  return (reply[1]! << 16) | (reply[2]! << 8) | reply[3]!;
}

function answerOf(reply: Uint8Array): Answer {
  const id = optionsOf(reply.subarray(HEADER_BYTES)).find(({ code }) => code === OptionCode.serverId);
  const hex = Buffer.from(id?.data ?? []).toString('hex');
  const server = SERVERS.find((name) => serverDuid6(name) === hex);
  if (server === undefined) throw new Error(`an answer of nobody: ${hex}`);
  const told = toldOf(reply);
  const first = (kind: string): string => told.get(`${kind} ${IAID}`)?.[0] ?? '';
  return { server, address: first('na'), prefix: first('pd') };
}
