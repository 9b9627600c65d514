/** Plays scripts against one server. */
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { ip, packet, readReply } from '../../engine/packets.ts';
import type { Network } from '../network.ts';
import { type Heard, openTwoPorts, type TwoPorts } from '../two-ports.ts';
import { SERVER } from './scene.ts';
import { type AddressName, type Answer, BEHIND, type Step } from './scripts.ts';

const BEHIND_XID = 0x8000_0000;
const SNAME_OFFSET = 44;
const FILE_OFFSET = 108;

/** @returns the answer to each step, with what was asked. @throws Error when what was put behind a step is not answered */
export async function playSteps(network: Network, steps: readonly Step[]): Promise<Answer[]> {
  const player = new Player();
  const ports = openTwoPorts(network, 'load', '0.0.0.0');
  try {
    const answers: Answer[] = [];
    for (const [at, step] of steps.entries()) answers.push(await player.play(step, at, ports));
    return answers;
  } finally {
    ports.close();
  }
}

class Player {
  /** What the script has been told so far, and the address of the script before. */
  #told = { script: -1, own: '0.0.0.0', former: '0.0.0.0', server: SERVER };

  async play(step: Step, at: number, ports: TwoPorts): Promise<Answer> {
    if (step.script !== this.#told.script)
      this.#told = { script: step.script, former: this.#told.own, own: '0.0.0.0', server: SERVER };
    const { ciaddr, wanted } = step;
    const asked = [this.#addressOf(ciaddr), wanted === null ? '' : this.#addressOf(wanted)] as const;
    const [by, target] =
      step.way === 'relay' ? (['relay', SERVER] as const) : (['client', targetOf(step)] as const);
    const what = `step ${at}: ${JSON.stringify(step)}`;
    const heard = await ports.ask(by, target, [this.#datagramOf(step, at), behind(step, at)], what);
    if (heard === null) return { asked };
    this.#remember(heard);
    return { asked, hex: Buffer.from(heard.datagram).toString('hex'), port: heard.port };
  }

  #remember({ datagram }: Heard): void {
    const { type, yiaddr, options } = readReply(datagram);
    if (type === MessageType.nak || yiaddr === '0.0.0.0') return;
    this.#told.own = yiaddr;
    this.#told.server = [...(options.get(54) ?? [])].join('.');
  }

  #addressOf(name: AddressName): string {
    return name === 'own' ? this.#told.own : name === 'former' ? this.#told.former : name;
  }

  #datagramOf(step: Step, at: number): Uint8Array {
    const options: [number, Uint8Array | number[]][] = [];
    if (step.wanted !== null) options.push([50, ip(this.#addressOf(step.wanted))]);
    if (step.server !== null) options.push([54, ip(step.server === 'own' ? this.#told.server : step.server)]);
    for (const [code, hex] of step.options) options.push([code, Uint8Array.from(Buffer.from(hex, 'hex'))]);
    const { type, mac, flags, secs, hops, giaddr, fields } = step;
    const ciaddr = this.#addressOf(step.ciaddr);
    const xid = at + 1;
    const datagram = packet({ type, xid, mac, flags, secs, hops, giaddr, ciaddr, options });
    datagram.set(Buffer.from(fields?.sname ?? '', 'hex'), SNAME_OFFSET);
    datagram.set(Buffer.from(fields?.file ?? '', 'hex'), FILE_OFFSET);
    return datagram;
  }
}

/**
 * A renewal that changes the name of its lease: it is written, and waits behind what was written before. It goes the way of
 * the query, so that it comes to the same socket of the server.
 */
function behind({ way }: Step, at: number): Uint8Array {
  return packet({
    type: MessageType.request,
    xid: BEHIND_XID + at,
    mac: BEHIND.mac,
    hops: 0,
    ciaddr: BEHIND.address,
    giaddr: way === 'relay' ? BEHIND.relay : '0.0.0.0',
    options: [[12, [...Buffer.from(`step-${at}`)]]],
  });
}

function targetOf({ way }: Step): string {
  return way === 'broadcast' ? '255.255.255.255' : SERVER;
}
