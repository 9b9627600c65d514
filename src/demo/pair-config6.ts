/**
 * The configurations of DHCPv6 servers on one machine's loopback, as Kea files: alone, or as a pair. Clients are served over
 * ::1; what servers and operators say to one another goes over IPv4, as in a pair of DHCPv4.
 */
import {
  haParameters,
  type PairSettings,
  type ServerConfiguration6,
  type ServerIdentity,
} from './pair-config.ts';

/** Where clients are served. */
export const SERVICE_ADDRESS_6 = '::1';
/** An address of the link that the relay's clients are on. */
export const LINK_ADDRESS_6 = '2001:db8:1::1';

const SUBNET = '2001:db8:1::/48';
/** A pair on one machine has one hardware address. */
const SERVER_IDS = ['020000000001', '020000000002'] as const;
/** Addresses and prefixes of a busy hour; the pools say nothing of how many leases there may be. */
const LEASES_MAX = 1 << 22;

export interface SingleSettings6 extends Pick<ServerIdentity, 'controlPort' | 'leaseFile' | 'place'> {
  /** Which of a pair it is. */
  readonly index: 0 | 1;
  readonly leaseTimeSec: number;
  /** Classes that the two pools of addresses, and those of prefixes, are open to; null = everybody. */
  readonly poolClasses: readonly [string | null, string | null];
}

/** The configuration of a DHCPv6 server without a partner. */
export function singleConfig6(settings: SingleSettings6): ServerConfiguration6 {
  const { place, poolClasses } = settings;
  const guard = (clientClass: string | null) => (clientClass === null ? {} : { 'client-class': clientClass });
  return {
    Dhcp6: {
      'interfaces-config': { interfaces: [`${place.interfaceName}/${SERVICE_ADDRESS_6}`] },
      'lease-database': { type: 'memfile', persist: true, name: settings.leaseFile, 'lfc-interval': 0 },
      'control-sockets': [
        { 'socket-type': 'http', 'socket-address': place.address, 'socket-port': settings.controlPort },
      ],
      'server-id': { type: 'LL', htype: 1, identifier: SERVER_IDS[settings.index], persist: false },
      'valid-lifetime': settings.leaseTimeSec,
      'preferred-lifetime': settings.leaseTimeSec / 2,
      'option-data': [{ name: 'dns-servers', data: '2001:db8::53' }],
      'user-context': { tandem: { 'max-leases': LEASES_MAX } },
      subnet6: [
        {
          id: 1,
          subnet: SUBNET,
          pools: poolClasses.map((each, position) => ({
            pool: `2001:db8:1:0:${position + 1}::/80`,
            ...guard(each),
          })),
          'pd-pools': poolClasses.map((each, position) => ({
            prefix: `2001:db9:${position === 0 ? '0' : '8000'}::`,
            'prefix-len': 33,
            'delegated-len': 56,
            ...guard(each),
          })),
        },
      ],
    },
  };
}

/** The configuration of one server of a pair. @param index 0 = the primary */
export function pairConfig6(
  settings: Omit<PairSettings, 'relayAddress' | 'poolSize'>,
  index: 0 | 1,
): ServerConfiguration6 {
  const { members, mode, leaseTimeSec } = settings;
  const classOf = (member: ServerIdentity) => (mode === 'load-balancing' ? `HA_${member.name}` : null);
  const poolClasses = [classOf(members[0]), classOf(members[1])] as const;
  const { Dhcp6 } = singleConfig6({ ...members[index], index, leaseTimeSec, poolClasses });
  return {
    Dhcp6: {
      ...Dhcp6,
      'hooks-libraries': [
        { library: 'libdhcp_lease_cmds.so' },
        {
          library: 'libdhcp_ha.so',
          parameters: { 'high-availability': [haParameters(settings, members[index])] },
        },
      ],
    },
  };
}
