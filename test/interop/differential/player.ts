/**
 * Plays scripts against one server. Silence is told from slowness without a clock: behind each query goes one that is always
 * answered, and answers keep their order.
 */
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { ip, packet, readReply } from '../../engine/packets.ts';
import type { Network } from '../network.ts';
import { openTwoPorts, SERVER_PORT, type TwoPorts } from '../two-ports.ts';
import { SERVER } from './scene.ts';
import { type AddressName, type Answer, BEHIND, type Step } from './scripts.ts';

const BEHIND_XID = 0x8000_0000;
const TIMEOUT_MS = 20_000;
const SNAME_OFFSET = 44;
const FILE_OFFSET = 108;

/** @returns the answer to each step, with what was asked. @throws Error when what was put behind a step is not answered */
export async function playSteps(network: Network, steps: readonly Step[]): Promise<Answer[]> {
  const player = new Player();
  const ports = openTwoPorts(network, 'load', '0.0.0.0', (datagram, port) => player.take(datagram, port));
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
  #at = 0;
  #answer: Answer = {};
  #next = (): void => {};

  play(step: Step, at: number, { relay, client }: TwoPorts): Promise<Answer> {
    this.#at = at;
    if (step.script !== this.#told.script)
      this.#told = { script: step.script, former: this.#told.own, own: '0.0.0.0', server: SERVER };
    const { ciaddr, wanted } = step;
    this.#answer = { asked: [this.#addressOf(ciaddr), wanted === null ? '' : this.#addressOf(wanted)] };
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer behind step ${at}: ${JSON.stringify(step)}`)),
        TIMEOUT_MS,
      );
      this.#next = () => {
        clearTimeout(timer);
        resolve(this.#answer);
      };
      const [socket, target] = step.way === 'relay' ? [relay, SERVER] : [client, targetOf(step)];
      for (const datagram of [this.#datagramOf(step), behind(step, at)])
        socket.send(datagram, SERVER_PORT, target);
    });
  }

  take(datagram: Buffer, port: number): void {
    const xid = datagram.readUInt32BE(4);
    if (xid === this.#at + 1) this.#remember(datagram, port);
    if (xid !== BEHIND_XID + this.#at) return;
    const next = this.#next;
    // What came before it to the other socket is read first.
    setImmediate(() => setImmediate(next));
  }

  #remember(datagram: Buffer, port: number): void {
    this.#answer = { ...this.#answer, hex: datagram.toString('hex'), port };
    const { type, yiaddr, options } = readReply(datagram);
    if (type === MessageType.nak || yiaddr === '0.0.0.0') return;
    this.#told.own = yiaddr;
    this.#told.server = [...(options.get(54) ?? [])].join('.');
  }

  #addressOf(name: AddressName): string {
    return name === 'own' ? this.#told.own : name === 'former' ? this.#told.former : name;
  }

  #datagramOf(step: Step): Uint8Array {
    const options: [number, Uint8Array | number[]][] = [];
    if (step.wanted !== null) options.push([50, ip(this.#addressOf(step.wanted))]);
    if (step.server !== null) options.push([54, ip(step.server === 'own' ? this.#told.server : step.server)]);
    for (const [code, hex] of step.options) options.push([code, Uint8Array.from(Buffer.from(hex, 'hex'))]);
    const { type, mac, flags, secs, hops, giaddr, fields } = step;
    const ciaddr = this.#addressOf(step.ciaddr);
    const xid = this.#at + 1;
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
