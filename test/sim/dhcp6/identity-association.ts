/** An identity association of a simulated client, and what it holds (RFC 8415 section 12). */
import { iaAddress, iaNa, iaPd, iaPrefix } from '../../engine/dhcp6/messages.ts';

export type IaKind = 'na' | 'pd';

/** What a client asks a server for. */
export interface Wish {
  readonly kind: IaKind;
  readonly iaid: number;
}

export class IdentityAssociation {
  readonly kind: IaKind;
  readonly iaid: number;
  /** As it is known to servers. */
  readonly owner: string;
  /** Until when, us: by address or prefix. */
  readonly leases = new Map<string, number>();
  /** What a server has advertised. */
  offered: readonly string[] = [];

  /** @param duid as lease files have it */
  constructor({ kind, iaid }: Wish, duid: string) {
    this.kind = kind;
    this.iaid = iaid;
    this.owner = ownerOf(kind, iaid, duid);
  }

  /** The option for a message: with what it holds, or else with what it was offered. */
  option(): readonly number[] {
    const addresses = this.leases.size > 0 ? [...this.leases.keys()] : this.offered;
    return this.kind === 'na'
      ? iaNa(this.iaid, ...addresses.map((address) => iaAddress(address)))
      : iaPd(this.iaid, ...addresses.map((prefix) => iaPrefix(prefix)));
  }

  /** What is over is not its any more. @returns what that is */
  expire(nowUs: number): string[] {
    const over = [...this.leases].filter(([, untilUs]) => untilUs <= nowUs).map(([address]) => address);
    for (const address of over) this.leases.delete(address);
    return over;
  }
}

/** Who has a lease: clients may have several identity associations, of two kinds with numbers of their own. */
export function ownerOf(kind: IaKind, iaid: number, duid: string): string {
  return `${kind} ${iaid} of ${duid}`;
}
