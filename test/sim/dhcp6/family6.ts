/** DHCPv6 in a simulated world. */
import { MessageType, SERVER_PORT } from '../../../src/dhcp6/codes.ts';
import { poolsOf } from '../configuration.ts';
import type { Family, OwnedLease } from '../family.ts';
import { serverAddress6 } from '../places.ts';
import { Client6 } from './client6.ts';
import { type IaKind, ownerOf } from './identity-association.ts';
import { isLinkLocal, numberOf } from './link-local.ts';
import { readReply } from './reply.ts';
import { wishesCount } from './wishes.ts';

/** The state of a lease. */
const ASSIGNED = '0';
const DECLINED = '1';
/** The lease type of a prefix, in a file and in the list. */
const PREFIX_TYPES: readonly unknown[] = ['2', 'IA_PD'];
/** All_DHCP_Relay_Agents_and_Servers. */
const ALL_SERVERS = 'ff02::1:2';
const NAMES = Object.entries(MessageType);
/** So many prefixes are longer than the others. */
const LONG_PREFIX_BITS = 2;

export const family6: Family = {
  number: 6,
  root: 'Dhcp6',
  configFile: '/etc/kea/kea-dhcp6.conf',
  leaseFile: '/var/lib/kea/leases6.csv',
  serverAddress: serverAddress6,
  place: (host, { address }) => ({
    address: isLinkLocal(address) ? ALL_SERVERS : serverAddress6(host),
    port: SERVER_PORT,
  }),
  configure: (number, { mode, addresses }) => ({
    'interfaces-config': { interfaces: [`eth0/${serverAddress6(number)}`] },
    subnet6: [
      {
        id: 1,
        subnet: '2001:db8:1::/64',
        interface: 'eth0',
        'rapid-commit': true,
        pools: poolsOf(mode, (place) => {
          const block = (place + 1).toString(16);
          const last = (wishesCount('na', addresses) - 1).toString(16).padStart(3, '0');
          return { pool: `2001:db8:1::${block}000 - 2001:db8:1::${block}${last}` };
        }),
        'pd-pools': [...poolsOf(mode, longPrefixes), ...poolsOf(mode, (place) => prefixes(place, addresses))],
      },
    ],
  }),
  otherSubnet: '2001:db8:2::/64',
  newClient: (parts, number) => new Client6(parts, number),
  read: (bytes, to) => {
    const { type, peer, clientId, transactionId, ias } = readReply(bytes);
    const name = NAMES.find(([, code]) => code === type)?.[0] ?? `type ${type}`;
    const grants = ias.flatMap(({ kind, iaid, leases }) =>
      leases.map(({ address, validSec }) => ({ address, owner: ownerOf(kind, iaid, clientId), validSec })),
    );
    const text = ias.map(({ kind, iaid, status, leases }) => {
      const inside = leases.map(({ address, validSec }) => `${address} for ${validSec} s`);
      return ` | ${kind} ${iaid} status ${status} ${inside.join(', ')}`;
    });
    return {
      clients: [numberOf(peer ?? to.address)],
      transactionId,
      text: `${name}${text.join('')}`,
      grants: type === MessageType.reply ? grants.filter(({ validSec }) => validSec > 0) : [],
    };
  },
  /** address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state */
  leaseOf: (columns) => {
    const [address = '', duid = '', lifetime, expire, , , type, iaid, prefixLength] = columns;
    const isOver = lifetime === '0' || columns[13] !== ASSIGNED;
    const lease = leaseOf({ address, duid, type, iaid, prefixLength }, isOver ? 0 : Number(expire));
    return { ...lease, clttSec: Number(expire) - Number(lifetime), isDeclined: columns[13] === DECLINED };
  },
  listCommand: 'lease6-get-all',
  leaseListed: (listed) => {
    const identity = {
      address: String(listed['ip-address']),
      duid: String(listed['duid']),
      type: listed['type'],
      iaid: listed['iaid'],
      prefixLength: listed['prefix-len'],
    };
    const untilSec = Number(listed['cltt']) + Number(listed['valid-lft']);
    return leaseOf(identity, String(listed['state']) === ASSIGNED ? untilSec : 0);
  },
};

/** Some more than there are clients for. */
function longPrefixes(place: number): object {
  return {
    prefix: `2001:db8:700${place}::`,
    'prefix-len': 60 - LONG_PREFIX_BITS,
    'delegated-len': 60,
  };
}

/** A power of two of them, for as many as there are wishes. */
function prefixes(place: number, addresses: number): object {
  const wishes = Math.max(wishesCount('pd', addresses) - 2 ** LONG_PREFIX_BITS, 1);
  return {
    prefix: `2001:db8:800${place}::`,
    'prefix-len': 56 - Math.ceil(Math.log2(wishes)),
    'delegated-len': 56,
  };
}

interface Identity {
  readonly address: string;
  readonly duid: string;
  readonly type: unknown;
  readonly iaid: unknown;
  readonly prefixLength: unknown;
}

function leaseOf({ address, duid, type, iaid, prefixLength }: Identity, untilSec: number): OwnedLease {
  const kind: IaKind = PREFIX_TYPES.includes(type) ? 'pd' : 'na';
  return {
    address: kind === 'pd' ? `${address}/${prefixLength}` : address,
    owner: ownerOf(kind, Number(iaid), duid),
    untilSec,
  };
}
