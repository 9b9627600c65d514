/**
 * The way out of clients on a link: frames to all stations, through a packet socket, as real DHCP clients send them. A UDP
 * socket would have the kernel look for a route and give a copy of each broadcast back to this machine's own IP layer.
 */
import { FrameSender, type FrameSlots } from '../../io/frame-sender.ts';
import { listInterfaces } from '../../io/interfaces.ts';
import { LINK_ADDRESS_WORDS, writeBroadcastStation } from '../../io/link-address.ts';
import { openPacketSender } from '../../io/packet-socket.ts';
import { closeFd } from '../../io/udp.ts';
import type { LoadOptions } from '../model.ts';
import { BATCH, type Outlet, QUEUE_MAX } from '../outlet.ts';

const BROADCAST = 0xffffffff;

export class FrameOutlet implements Outlet {
  readonly bytes: Uint8Array;
  readonly #queryBytes: number;
  readonly #lengths = new Uint16Array(QUEUE_MAX);
  readonly #fd: number;
  readonly #sender: FrameSender;
  #slot = 0;
  #failed = 0;

  /** @param name of the interface that the clients are on @param queryBytes of the longest query @throws an Error that says why it cannot be used */
  constructor(name: string, { relay, servers }: Pick<LoadOptions, 'relay' | 'servers'>, queryBytes: number) {
    const link = listInterfaces().find((each) => each.name === name);
    if (link === undefined) throw new Error(`no interface ${name} for the clients of the load`);
    this.#queryBytes = queryBytes;
    this.bytes = new Uint8Array(new ArrayBuffer(QUEUE_MAX * this.#queryBytes));
    this.#fd = openPacketSender(name);
    const stations = new Uint32Array(QUEUE_MAX * LINK_ADDRESS_WORDS);
    for (let slot = 0; slot < QUEUE_MAX; slot++)
      writeBroadcastStation(stations, slot * LINK_ADDRESS_WORDS, link.index);
    const slots: FrameSlots = {
      bytes: this.bytes,
      size: QUEUE_MAX,
      slotBytes: this.#queryBytes,
      lengths: this.#lengths,
      fds: new Int32Array(QUEUE_MAX).fill(this.#fd),
      addresses: new Uint32Array(QUEUE_MAX).fill(BROADCAST),
      ports: new Uint16Array(QUEUE_MAX).fill(servers[0]!.port),
      sources: new Uint32Array(QUEUE_MAX).fill(relay.address),
      sourcePorts: new Uint16Array(QUEUE_MAX).fill(relay.port),
      mtus: new Int32Array(QUEUE_MAX).fill(link.mtu),
      stations,
    };
    this.#sender = new FrameSender(slots, BATCH);
  }

  get failed(): number {
    return this.#failed;
  }

  reserve(): number {
    if (this.#slot === QUEUE_MAX) this.flush();
    return this.#slot * this.#queryBytes;
  }

  send(length: number): void {
    this.#lengths[this.#slot] = length;
    this.#sender.queue(this.#slot++);
  }

  flush(): void {
    this.#slot = 0;
    if (this.#sender.queued === 0) return;
    this.#sender.flush();
    for (let i = 0; i < this.#sender.flushed; i++) if (!this.#sender.wasSent(i)) this.#failed++;
  }

  close(): void {
    closeFd(this.#fd);
  }
}
