/** DHCPv6 leases at the start: the lease file into the table. */
import type { ByteRange } from '../../base/byte-range.ts';
import type { Clock } from '../../base/clock.ts';
import { isInIpv6Prefix } from '../../base/ipv6.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import type { ServerConfig6, SubnetConfig6 } from '../../config/dhcp6/model.ts';
import type { LeaseBook6 } from '../../lease/dhcp6/book.ts';
import { checkExtendedInfo6 } from '../../lease/dhcp6/extended-info.ts';
import { ADDRESS_BYTES, LeaseType } from '../../lease/dhcp6/model.ts';
import type { LeaseRecord6 } from '../../lease/dhcp6/record.ts';
import { rowCodec6 } from '../../lease/dhcp6/row-codec.ts';
import type { Log } from '../../log/logger.ts';
import { ExtendedInfoCheck, type LeaseContexts } from '../leases/extended-info-checks.ts';
import { LeaseCheck, type Placement } from '../leases/lease-checks.ts';
import { loadLeaseTable } from '../leases/load-leases.ts';

type CheckedSubnet = Pick<SubnetConfig6, 'id' | 'prefix' | 'prefixLength'>;

/** What of the configuration takes part. */
interface LoadedConfig6 extends Pick<ServerConfig6, 'leaseDatabase'> {
  readonly subnets: readonly CheckedSubnet[];
}

const placement6: Placement<LeaseRecord6, CheckedSubnet> = {
  // Pools of prefixes need not lie in their subnet. [Kea]
  isPlaced: ({ type }) => type !== LeaseType.pd,
  isIn: ({ address: { bytes, offset } }, { prefix, prefixLength }) =>
    isInIpv6Prefix(bytes, offset, prefix, 0, prefixLength),
  prefixOf: ({ address: { bytes, offset } }, length) => firstBits(bytes, offset, length),
  prefixOfSubnet: ({ prefix, prefixLength }) => firstBits(prefix, 0, prefixLength),
  nameOf,
};

const contexts6: LeaseContexts<LeaseRecord6> = {
  read: ({ userContext: { bytes, offset, length } }) => bytes.subarray(offset, offset + length),
  write({ userContext }, context) {
    userContext.bytes.set(context, userContext.offset);
    userContext.length = context.length;
  },
  check: checkExtendedInfo6,
  nameOf,
};

function nameOf({ address: { bytes, offset } }: LeaseRecord6): string {
  return formatIpv6(bytes, offset);
}

/** The octets of a prefix as a text of 16 characters. */
function firstBits(bytes: Uint8Array, at: number, length: number): string {
  const octets = Buffer.from(bytes.subarray(at, at + ADDRESS_BYTES));
  for (let i = length >>> 3; i < ADDRESS_BYTES; i++)
    octets[i] = octets[i]! & (0xff00 >>> Math.max(0, length - 8 * i));
  return octets.toString('latin1');
}

/**
 * Loads the lease file set into an empty book.
 * @returns whether a clean-up is due
 * @throws an Error with what is wrong and what to do; the files are as they were
 */
export function loadLeases6(config: LoadedConfig6, book: LeaseBook6, clock: Clock, log: Log): boolean {
  const { leaseDatabase: database, subnets } = config;
  const load = {
    codec: rowCodec6,
    database,
    book,
    find: ({ bytes, offset }: ByteRange) => book.table.findByAddress(bytes, offset),
    checks: [
      new LeaseCheck(placement6, database.leaseChecks, subnets, log),
      new ExtendedInfoCheck(contexts6, database.extendedInfoChecks, log),
    ],
  };
  return loadLeaseTable(load, clock, log);
}
