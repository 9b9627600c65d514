/**
 * The environment of a script that is run for a lease event: names and texts as Kea's run_script library gives them.
 * Nothing of it is taken from the client as it is: addresses and identifiers are hexadecimal, host names are text that the
 * lease file could hold.
 */
import { formatHex } from '../base/hex.ts';
import { formatIpv4 } from '../base/ipv4.ts';
import type { SubnetConfig } from '../config/model.ts';
import { AGENT_SPACE } from '../dhcp4/option-definitions.ts';
import { parseSubOptions } from '../dhcp4/sub-options.ts';
import type { EventQuery, LeaseEvent } from '../events/event.ts';
import type { Lease4 } from '../lease/dhcp4/model.ts';
import { LeaseEventKind } from '../lease/events.ts';
import { type Environment, hostnameText, type ScriptCall, stateText, upperHex } from './script-call.ts';

/** What the environment says of the server itself. */
export interface ScriptHost {
  readonly serverPort: number;
  /** Subnets by their ids. */
  readonly subnets: ReadonlyMap<number, SubnetConfig>;
  /** Index of an interface as text, '' when it is gone. */
  readonly interfaceIndex: (name: string) => string;
  /** Reclaimed leases are deleted at once. */
  readonly removesExpired: boolean;
}

const ETHERNET = '1';
const MESSAGE_TYPES: Readonly<Record<number, string>> = {
  1: 'DHCPDISCOVER',
  3: 'DHCPREQUEST',
  4: 'DHCPDECLINE',
  7: 'DHCPRELEASE',
  8: 'DHCPINFORM',
};

// Offsets in the header of a DHCP message. [RFC2131 2]
const HTYPE = 1;
const HLEN = 2;
const HOPS = 3;
const XID = 4;
const SECS = 8;
const FLAGS = 10;
const CIADDR = 12;
const YIADDR = 16;
const SIADDR = 20;
const GIADDR = 24;
const CHADDR = 28;

/** `LEASE4_ADDRESS` and the like. @param prefix with its underscore */
function leaseVariables(prefix: string, lease: Lease4): Environment {
  return {
    [`${prefix}ADDRESS`]: formatIpv4(lease.address),
    [`${prefix}CLTT`]: String(lease.clttSec),
    [`${prefix}HOSTNAME`]: hostnameText(lease.hostname),
    [`${prefix}HWADDR`]: formatHex(lease.hwAddress),
    [`${prefix}HWADDR_TYPE`]: ETHERNET,
    [`${prefix}STATE`]: stateText(lease.state),
    [`${prefix}SUBNET_ID`]: String(lease.subnetId),
    [`${prefix}VALID_LIFETIME`]: String(lease.validLifetimeSec),
    [`${prefix}CLIENT_ID`]: lease.clientId === null ? '' : formatHex(lease.clientId),
  };
}

/** `QUERY4_*`. What only a raw socket of Kea would know of the link layer is empty, as with Kea's UDP sockets. */
function queryVariables(query: EventQuery, host: ScriptHost): Environment {
  const { header } = query;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const address = (at: number): string => formatIpv4(view.getUint32(at));
  const giaddr = view.getUint32(GIADDR);
  return {
    QUERY4_TYPE: MESSAGE_TYPES[query.messageType] ?? '',
    QUERY4_TXID: String(view.getUint32(XID)),
    QUERY4_LOCAL_ADDR: formatIpv4(query.localAddress),
    QUERY4_LOCAL_PORT: String(host.serverPort),
    QUERY4_REMOTE_ADDR: formatIpv4(query.sourceAddress),
    QUERY4_REMOTE_PORT: String(query.sourcePort),
    QUERY4_IFACE_INDEX: host.interfaceIndex(query.interfaceName),
    QUERY4_IFACE_NAME: query.interfaceName,
    QUERY4_HOPS: String(header[HOPS]),
    QUERY4_SECS: String(view.getUint16(SECS)),
    QUERY4_FLAGS: String(view.getUint16(FLAGS)),
    QUERY4_CIADDR: address(CIADDR),
    QUERY4_SIADDR: address(SIADDR),
    QUERY4_YIADDR: address(YIADDR),
    QUERY4_GIADDR: address(GIADDR),
    QUERY4_RELAYED: giaddr !== 0 && giaddr !== 0xffffffff ? 'true' : 'false',
    QUERY4_HWADDR: formatHex(hardwareAddress(header)),
    QUERY4_HWADDR_TYPE: String(header[HTYPE]),
    QUERY4_LOCAL_HWADDR: '',
    QUERY4_LOCAL_HWADDR_TYPE: '',
    QUERY4_REMOTE_HWADDR: '',
    QUERY4_REMOTE_HWADDR_TYPE: '',
    ...agentVariables(query.agentOptions),
  };
}

function hardwareAddress(header: Uint8Array): Uint8Array {
  return header.subarray(CHADDR, CHADDR + header[HLEN]!);
}

/** Option 82 and its sub-options 1 and 2, where they are. */
function agentVariables(agent: Uint8Array): Environment {
  if (agent.length === 0) return {};
  const variables: Environment = { QUERY4_OPTION_82: upperHex(agent) };
  for (const { code, data } of parseSubOptions(AGENT_SPACE, agent))
    if (code === 1 || code === 2) variables[`QUERY4_OPTION_82_SUB_OPTION_${code}`] = upperHex(data);
  return variables;
}

/** `SUBNET4_*` and `PKT4_*` of lease4_renew. */
function renewalVariables(lease: Lease4, query: EventQuery, subnet: SubnetConfig | undefined): Environment {
  const prefix = subnet === undefined ? '' : formatIpv4(subnet.prefix);
  return {
    SUBNET4_ID: String(lease.subnetId),
    SUBNET4_NAME: subnet === undefined ? '' : `${prefix}/${subnet.prefixLength}`,
    SUBNET4_PREFIX: prefix,
    SUBNET4_PREFIX_LEN: subnet === undefined ? '' : String(subnet.prefixLength),
    PKT4_CLIENT_ID: lease.clientId === null ? '' : formatHex(lease.clientId),
    PKT4_HWADDR: formatHex(hardwareAddress(query.header)),
    PKT4_HWADDR_TYPE: String(query.header[HTYPE]),
  };
}

function committed(query: Environment, leases: readonly Lease4[], deleted: readonly Lease4[]): ScriptCall {
  const environment: Environment = {
    ...query,
    LEASES4_SIZE: String(leases.length),
    DELETED_LEASES4_SIZE: String(deleted.length),
  };
  leases.forEach((lease, i) => void Object.assign(environment, leaseVariables(`LEASES4_AT${i}_`, lease)));
  deleted.forEach(
    (lease, i) => void Object.assign(environment, leaseVariables(`DELETED_LEASES4_AT${i}_`, lease)),
  );
  return { hookPoint: 'leases4_committed', environment };
}

/** The calls for an event, in Kea's order. */
export function scriptCalls(event: LeaseEvent, host: ScriptHost): ScriptCall[] {
  const { kind, former, lease, replaced } = event;
  const query = event.query === null ? {} : queryVariables(event.query, host);
  const gone = former === null ? [] : [former];
  const given = lease === null ? [] : [lease];
  const lost = replaced === null ? [] : [replaced];
  const ofFormer = (hookPoint: string, more: Environment = {}): ScriptCall[] =>
    gone.map((each) => ({
      hookPoint,
      environment: { ...query, ...more, ...leaseVariables('LEASE4_', each) },
    }));
  const expired = (): ScriptCall[] =>
    ofFormer('lease4_expire', { REMOVE_LEASE: String(host.removesExpired) });
  switch (kind) {
    case LeaseEventKind.granted:
    case LeaseEventKind.unchanged:
      return [committed(query, given, lost)];
    case LeaseEventKind.renewed:
      return [...renewal(event, query, host), committed(query, given, lost)];
    case LeaseEventKind.released:
      return [...ofFormer('lease4_release'), committed(query, [], gone)];
    case LeaseEventKind.declined:
      return [...ofFormer('lease4_decline'), committed(query, given, [])];
    case LeaseEventKind.expired:
      return expired();
    case LeaseEventKind.recovered:
      return [...expired(), ...ofFormer('lease4_recover')];
  }
}

function renewal({ lease, query }: LeaseEvent, ofQuery: Environment, { subnets }: ScriptHost): ScriptCall[] {
  if (lease === null || query === null) return [];
  const subnet = subnets.get(lease.subnetId);
  const environment = {
    ...ofQuery,
    ...renewalVariables(lease, query, subnet),
    ...leaseVariables('LEASE4_', lease),
  };
  return [{ hookPoint: 'lease4_renew', environment }];
}
