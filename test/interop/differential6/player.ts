/** Plays steps against one server, with what that server has given. */
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { ip6 } from '../../engine/dhcp6/config.ts';
import { iaAddress, iaNa, iaPd, iaPrefix, opt } from '../../engine/dhcp6/messages.ts';
import { SERVERS_SEGMENT } from '../configuration.ts';
import type { Network } from '../network.ts';
import { ALL_SERVERS_ON_LINK, openTwoPorts6 } from '../two-ports6.ts';
import type { Ia, OptionHex, Part, Relay, Step } from './steps.ts';
import { innermost, type Told, toldOf } from './tree.ts';

/** Of both servers: the identifier that their configuration has. */
export const SERVER_ID = { type: 'EN', 'enterprise-id': 2495, identifier: '0011223344', persist: false };
const SERVER_DUID = '0002000009bf0011223344';
const OTHER_SERVER_DUID = '0002000009bf99';
/** The client that is always answered. */
const BEHIND_DUID = '000300010200000000ff';
const BEHIND_XID = 0x80_0000;

type Octets = readonly number[];

/**
 * @param from the address of all clients and relays; without it that of the link
 * @returns the reply to each step, null for silence. @throws Error when what was put behind a step is not answered
 */
export async function playSteps(
  network: Network,
  steps: readonly Step[],
  from?: Uint8Array,
): Promise<(Uint8Array | null)[]> {
  const ports = openTwoPorts6(network, 'load', SERVERS_SEGMENT, from);
  const player = new Player();
  try {
    const replies: (Uint8Array | null)[] = [];
    for (const [at, step] of steps.entries()) {
      const by = step.relays.length > 0 ? 'relay' : 'client';
      const pair = [player.queryOf(step, at + 1), behind(at)] as const;
      const heard = await ports.ask(by, ALL_SERVERS_ON_LINK, pair, `step ${at}: ${JSON.stringify(step)}`);
      if (heard !== null) player.remember(heard.datagram);
      replies.push(heard?.datagram ?? null);
    }
    return replies;
  } finally {
    ports.close();
  }
}

class Player {
  #script = -1;
  #told: Told = new Map();
  #former: Told = new Map();

  remember(reply: Uint8Array): void {
    for (const [ia, parts] of toldOf(innermost(reply))) if (parts.length > 0) this.#told.set(ia, parts);
  }

  queryOf(step: Step, xid: number): Uint8Array {
    if (step.script !== this.#script) {
      this.#script = step.script;
      if (this.#told.size > 0) this.#former = this.#told;
      this.#told = new Map();
    }
    const { duid, server } = step;
    const octets = [
      ...header(step.type, xid),
      ...(duid === null ? [] : opt(OptionCode.clientId, bytesOf(duid))),
      ...(server === null
        ? []
        : opt(OptionCode.serverId, bytesOf(server === 'own' ? SERVER_DUID : OTHER_SERVER_DUID))),
      ...step.ias.flatMap((ia) => this.#iaOf(ia)),
      ...optionOctets(step.options),
    ];
    return Uint8Array.from(step.relays.reduce(relayed, octets));
  }

  #iaOf(ia: Ia): Octets {
    const parts = ia.parts.flatMap((part) => this.#resolve(ia, part));
    const wish = ia.wish ?? [0, 0];
    if (ia.kind === 'na') return iaNa(ia.iaid, ...parts.map((part) => iaAddress(part, ...wish)));
    return iaPd(ia.iaid, ...parts.map((part) => iaPrefix(part, ...wish)));
  }

  #resolve({ kind, iaid }: Ia, part: Part): readonly string[] {
    if (part === 'own') return this.#told.get(`${kind} ${iaid}`) ?? [];
    if (part !== 'former') return [part];
    return [...this.#former].find(([ia]) => ia.startsWith(kind))?.[1] ?? [];
  }
}

/** A client asks again for the address that it has: it is written, and waits behind what was written before. */
function behind(at: number): Uint8Array {
  const octets = [
    ...header(MessageType.request, BEHIND_XID + at),
    ...opt(OptionCode.clientId, bytesOf(BEHIND_DUID)),
    ...opt(OptionCode.serverId, bytesOf(SERVER_DUID)),
    ...iaNa(1),
  ];
  return Uint8Array.from(octets);
}

function relayed(inner: Octets, { link, peer, options }: Relay, level: number): Octets {
  const forward = [MessageType.relayForward, level, ...ip6(link), ...ip6(peer)];
  return [...forward, ...optionOctets(options), ...opt(OptionCode.relayMessage, inner)];
}

function header(type: number, xid: number): Octets {
  return [type, xid >>> 16, (xid >>> 8) & 255, xid & 255];
}

function optionOctets(options: readonly OptionHex[]): Octets {
  return options.flatMap(([code, hex]) => opt(code, bytesOf(hex)));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
