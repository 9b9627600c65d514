/** Leases of every state that stand in the lease file when a server starts. */

export interface StartLease {
  readonly address: string;
  readonly mac: string;
  /** Hexadecimal digits; '' = none. */
  readonly clientId?: string;
  readonly subnetId: number;
  readonly lifetimeSec: number;
  /** Seconds from now; negative = it is over. */
  readonly endsSec: number;
  readonly hostname?: string;
  /** 0 assigned, 1 declined, 2 expired and reclaimed. */
  readonly state?: number;
}

/** The columns of Kea 2.2, which every later one reads. */
const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context';

export function leaseFileText(leases: readonly StartLease[], nowMs: number): string {
  const nowSec = Math.floor(nowMs / 1000);
  const rows = leases.map((lease) => {
    const { address, mac, clientId = '', lifetimeSec, endsSec, subnetId, hostname = '', state = 0 } = lease;
    const octets = (clientId.match(/../g) ?? []).join(':');
    const isNamed = hostname === '' ? 0 : 1;
    return [
      address,
      mac,
      octets,
      lifetimeSec,
      nowSec + endsSec,
      subnetId,
      isNamed,
      isNamed,
      hostname,
      state,
      '',
    ].join();
  });
  return `${[HEADER, ...rows].join('\n')}\n`;
}
