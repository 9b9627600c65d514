/**
 * What the partner can hold. A Kea up to 2.2 refuses client identifiers above 128 octets, and a lease that the partner
 * refuses can never be confirmed. So a partner that is no Tandem is asked once, each time it comes back: for the lease of
 * an identifier of the greatest length, which nobody has.
 */
import type { PeerAnswer, PeerClient } from '../../peer/model.ts';
import type { HaLeases } from '../sync/leases.ts';
import { COMMAND_TIMEOUT_MS } from '../wire/peer-answers.ts';

/** Kea's words for it; every DHCP server can hold what an Ethernet client sends. */
const MAXIMUM = /exceeds maximum of (\d{1,3})/;
const CLIENT_ID_BYTES_MIN = 19;

export class PartnerLimits {
  readonly #longest: HaLeases['longestClient'];
  readonly #partner: () => PeerClient | null;
  readonly #tell: (clientIdBytesMax: number) => void;
  #known: number | null = null;
  #asking = false;

  /** @param tell is called when the limit becomes known and when it changes */
  constructor(
    longest: HaLeases['longestClient'],
    partner: () => PeerClient | null,
    tell: (clientIdBytesMax: number) => void,
  ) {
    this.#longest = longest;
    this.#partner = partner;
    this.#tell = tell;
  }

  /** The partner answered a heartbeat. @param isTandem it shows itself as a Tandem, which can hold everything */
  heard(isTandem: boolean): void {
    if (isTandem) this.#learn(this.#longest.bytes);
    else if (this.#known === null && !this.#asking) void this.#ask();
  }

  /** The partner is away; another version may come back. What it could hold counts until then. */
  lost(): void {
    this.#known = null;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const { command, arguments: args, bytes } = this.#longest;
    const answer = await this.#partner()?.request(command, args, COMMAND_TIMEOUT_MS);
    this.#asking = false;
    if (answer !== undefined && answer.kind === 'answer') this.#learn(limitOf(answer, bytes));
  }

  #learn(clientIdBytesMax: number): void {
    if (clientIdBytesMax === this.#known) return;
    this.#known = clientIdBytesMax;
    this.#tell(clientIdBytesMax);
  }
}

/** An answer that says nothing of a limit, such as that the command is not open here, sets none. */
function limitOf({ text }: Extract<PeerAnswer, { kind: 'answer' }>, bytesMax: number): number {
  const maximum = Number(MAXIMUM.exec(text)?.[1] ?? bytesMax);
  return Math.min(bytesMax, Math.max(CLIENT_ID_BYTES_MIN, maximum));
}
