/** DHCPv4 in a simulated world. */
import { formatHex } from '../../../src/base/hex.ts';
import { MessageType, OptionCode } from '../../../src/dhcp4/codes.ts';
import { number32, readReply } from '../../engine/packets.ts';
import { poolsOf } from '../configuration.ts';
import type { Family } from '../family.ts';
import { serverAddress4 } from '../places.ts';
import { Client4, RELAY, SERVER_PORT } from './client4.ts';
import { hearersOf, ownerOf4 } from './identities.ts';

/** The state of a lease. */
const ASSIGNED = '0';
const DECLINED = '1';
/** Of the first pool. */
const FIRST_HOST = 10;
const NAMES = Object.entries(MessageType);

export const family4: Family = {
  number: 4,
  root: 'Dhcp4',
  configFile: '/etc/kea/kea-dhcp4.conf',
  leaseFile: '/var/lib/kea/leases.csv',
  serverAddress: serverAddress4,
  place: (host) => ({ address: serverAddress4(host), port: SERVER_PORT }),
  configure: (_number, { mode, addresses }) => ({
    'interfaces-config': { interfaces: ['eth0'], 'dhcp-socket-type': 'udp' },
    subnet4: [
      {
        id: 1,
        subnet: '10.1.0.0/16',
        relay: { 'ip-addresses': [RELAY] },
        pools: poolsOf(mode, (place) => {
          const first = FIRST_HOST + place * addresses;
          return { pool: `10.1.0.${first} - 10.1.0.${first + addresses - 1}` };
        }),
      },
    ],
  }),
  otherSubnet: '10.2.0.0/16',
  newClient: (parts, number) => new Client4(parts, number),
  read: (bytes) => {
    const reply = readReply(bytes);
    const { type, xid, yiaddr, mac } = reply;
    const hardware = mac.replace(/..(?=.)/g, '$&:');
    const identifier = reply.options.get(OptionCode.clientIdentifier) ?? new Uint8Array(0);
    const owner = ownerOf4(formatHex(identifier), hardware);
    const name = NAMES.find(([, code]) => code === type)?.[0] ?? `type ${type}`;
    return {
      clients: hearersOf(hardware),
      transactionId: xid,
      text: `${name} ${yiaddr}`,
      grants:
        type === MessageType.ack
          ? [{ address: yiaddr, owner, validSec: number32(reply, OptionCode.leaseTime) ?? 0 }]
          : [],
    };
  },
  /** address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,... */
  leaseOf: (columns) => {
    const [address = '', hardware = '', identifier = '', lifetime, expire] = columns;
    const isOver = lifetime === '0' || columns[9] !== ASSIGNED;
    return {
      address,
      owner: ownerOf4(identifier, hardware),
      untilSec: isOver ? 0 : Number(expire),
      clttSec: Number(expire) - Number(lifetime),
      isDeclined: columns[9] === DECLINED,
    };
  },
  listCommand: 'lease4-get-all',
  leaseListed: (listed) => ({
    address: String(listed['ip-address']),
    owner: ownerOf4(String(listed['client-id'] ?? ''), String(listed['hw-address'])),
    untilSec: String(listed['state']) === ASSIGNED ? Number(listed['cltt']) + Number(listed['valid-lft']) : 0,
  }),
};
