/** What a modelled Kea knows of its partner, and how it asks it for something. */
import type { Machine } from '../machine.ts';
import type { PeerNetwork, Place } from '../peer-network.ts';

export interface KeaAnswer {
  readonly result: number;
  readonly text?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

export interface LinkSettings {
  readonly serverName: string;
  readonly place: Place;
  readonly maxResponseDelayMs: number;
  readonly maxAckDelayMs: number;
  readonly maxUnackedClients: number;
}

/** What a process awaits that has ended. */
export const NEVER = new Promise<never>(() => {});

const TIMEOUT_MS = 10_000;
const MS_PER_SEC = 1000;

export class PartnerLink {
  readonly #machine: Machine;
  readonly #peers: PeerNetwork;
  readonly #settings: LinkSettings;
  /** As it was heard last; empty = never. */
  state = '';
  skewSec = 0;
  #contactMs: number;
  /** Whether each client that the partner seems not to answer has waited too long. */
  readonly #connecting = new Map<string, boolean>();
  /** The last two that it told. */
  #unsent: readonly [number, number] = [0, 0];

  constructor(machine: Machine, peers: PeerNetwork, settings: LinkSettings) {
    this.#machine = machine;
    this.#peers = peers;
    this.#settings = settings;
    this.#contactMs = machine.monotonicMs();
  }

  /** @returns null = there was no answer */
  async ask(command: string, args: object, timeoutMs = TIMEOUT_MS): Promise<KeaAnswer | null> {
    const body = JSON.stringify({ command, service: ['dhcp4'], arguments: args });
    const { life } = this.#machine;
    const end = await this.#peers.request(this.#machine, this.#settings.place, body, timeoutMs);
    if (this.#machine.life !== life) return NEVER;
    if (end.kind === 'failed') return null;
    const answer = JSON.parse(end.body) as KeaAnswer | readonly [KeaAnswer];
    // An answer that is no list is an error of HTTP.
    return Array.isArray(answer) ? answer[0] : { result: 1, text: end.body };
  }

  /** @returns whether it was done; otherwise the partner is unavailable from here on */
  async order(command: string, args: object, timeoutMs?: number): Promise<KeaAnswer | null> {
    const answer = await this.ask(command, args, timeoutMs);
    if (answer?.result === 0 || answer?.result === 3) return answer;
    this.lose();
    return null;
  }

  /** @returns whether it was answered */
  async heartbeat(): Promise<boolean> {
    const answer = await this.order('ha-heartbeat', { 'server-name': this.#settings.serverName });
    if (answer === null) return false;
    const found = answer.arguments!;
    this.state = String(found['state']);
    this.skewSec = Math.round((Date.parse(String(found['date-time'])) - this.#machine.wallMs()) / MS_PER_SEC);
    this.#unsent = [this.#unsent[1], Number(found['unsent-update-count'])];
    this.#contactMs = this.#machine.monotonicMs();
    this.#connecting.clear();
    return true;
  }

  lose(): void {
    this.state = 'unavailable';
    this.skewSec = 0;
  }

  get isInterrupted(): boolean {
    return this.#machine.monotonicMs() - this.#contactMs > this.#settings.maxResponseDelayMs;
  }

  get hasUnsent(): boolean {
    return this.#unsent[1] > 0 && this.#unsent[0] !== this.#unsent[1];
  }

  /** A client of the partner has asked while nothing is heard of it. @param secs for how long, by its own word */
  analyze(client: string, secs: number): void {
    if (!this.isInterrupted) return;
    const isUnacked = secs * MS_PER_SEC > this.#settings.maxAckDelayMs;
    this.#connecting.set(client, isUnacked || this.#connecting.get(client) === true);
  }

  /** So many clients wait for it in vain that it passes for dead. */
  get hasFailed(): boolean {
    const { maxUnackedClients } = this.#settings;
    const unacked = [...this.#connecting.values()].filter(Boolean).length;
    return maxUnackedClients === 0 || unacked > maxUnackedClients;
  }
}
