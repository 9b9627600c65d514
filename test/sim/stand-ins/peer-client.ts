/** In place of src/peer/client.ts: requests of one simulated machine to another. */
import type { HaPeerConfig } from '../../../src/config/ha-model.ts';
import type { DhcpService } from '../../../src/control/envelope.ts';
import { readAnswer } from '../../../src/peer/answer-reader.ts';
import { streamHeaders } from '../../../src/peer/lease-stream.ts';
import type { PeerAnswer, RenewablePeerClient, StreamOpening } from '../../../src/peer/model.ts';
import { slot } from './slot.ts';

export const CLIENT_CONNECTIONS_DEFAULT = 4;

export function createPeerClient(
  peer: HaPeerConfig,
  connections: number,
  service: DhcpService,
): RenewablePeerClient {
  return new SimulatedPeerClient(peer, connections === 0 ? CLIENT_CONNECTIONS_DEFAULT : connections, service);
}

class SimulatedPeerClient implements RenewablePeerClient {
  readonly name: string;
  readonly role: RenewablePeerClient['role'];
  readonly #url: HaPeerConfig['url'];
  readonly #service: DhcpService;
  readonly #connections: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  #failure: string | null = null;
  #isClosed = false;

  constructor(peer: HaPeerConfig, connections: number, service: DhcpService) {
    this.name = peer.name;
    this.role = peer.role;
    this.#url = peer.url;
    this.#connections = connections;
    this.#service = service;
  }

  get failure(): string | null {
    return this.#failure;
  }

  request(command: string, args: object | null, timeoutMs: number): Promise<PeerAnswer> {
    const request = { command, service: [this.#service], ...(args === null ? {} : { arguments: args }) };
    return this.#send(JSON.stringify(request), timeoutMs);
  }

  requestBytes(body: Uint8Array, timeoutMs: number): Promise<PeerAnswer> {
    return this.#send(Buffer.from(body).toString(), timeoutMs);
  }

  openStream(serverName: string, timeoutMs: number): Promise<StreamOpening> {
    const { host, port } = this.#url;
    return slot.peers.openStream(slot.machine, { host, port }, streamHeaders(serverName), timeoutMs);
  }

  renew(): void {}

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async #send(body: string, timeoutMs: number): Promise<PeerAnswer> {
    const untilMs = slot.machine.monotonicMs() + timeoutMs;
    await this.#connection();
    const leftMs = untilMs - slot.machine.monotonicMs();
    const { host, port } = this.#url;
    const end = this.#isClosed
      ? { kind: 'failed' as const, reason: 'the client is closed' }
      : await slot.peers.request(slot.machine, { host, port }, body, leftMs);
    this.#busy--;
    this.#waiting.shift()?.();
    this.#failure = end.kind === 'failed' ? end.reason : null;
    return end.kind === 'failed' ? end : readAnswer(end.body);
  }

  async #connection(): Promise<void> {
    if (this.#busy >= this.#connections) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
  }
}
