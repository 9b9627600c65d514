/**
 * The environment of a script that is run for a lease event of DHCPv6: names and texts as Kea's run_script library gives them.
 * Nothing of it is taken from the client as it is: addresses, identifiers and options are hexadecimal, host names are text
 * that the lease file could hold.
 */
import { formatHex } from '../../base/hex.ts';
import { formatIpv6 } from '../../base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../dhcp6/codes.ts';
import type { EventIa6, EventQuery6, LeaseEvent6 } from '../../events/dhcp6/event.ts';
import { type Lease6, LeaseType } from '../../lease/dhcp6/model.ts';
import { LeaseEventKind } from '../../lease/events.ts';
import { type Environment, hostnameText, type ScriptCall, stateText, upperHex } from '../script-call.ts';

/** What the environment says of the server itself. */
export interface ScriptHost6 {
  /** Index of an interface as text, '' when it is gone. */
  readonly interfaceIndex: (name: string) => string;
  /** Reclaimed leases are deleted at once. */
  readonly removesExpired: boolean;
}

const MESSAGE_TYPES: Readonly<Record<number, string>> = {
  [MessageType.solicit]: 'SOLICIT',
  [MessageType.request]: 'REQUEST',
  [MessageType.renew]: 'RENEW',
  [MessageType.rebind]: 'REBIND',
  [MessageType.release]: 'RELEASE',
  [MessageType.decline]: 'DECLINE',
};

/** `LEASE6_ADDRESS` and the like. @param prefix with its underscore */
function leaseVariables(prefix: string, lease: Lease6): Environment {
  const hasHardware = lease.hwAddress.length > 0;
  return {
    [`${prefix}ADDRESS`]: formatIpv6(lease.address),
    [`${prefix}CLTT`]: String(lease.clttSec),
    [`${prefix}DUID`]: formatHex(lease.duid),
    [`${prefix}HOSTNAME`]: hostnameText(lease.hostname),
    [`${prefix}HWADDR`]: formatHex(lease.hwAddress),
    [`${prefix}HWADDR_TYPE`]: hasHardware ? String(lease.hwType) : '',
    [`${prefix}IAID`]: String(lease.iaid),
    [`${prefix}PREFERRED_LIFETIME`]: String(lease.preferredLifetimeSec),
    [`${prefix}PREFIX_LEN`]: String(lease.prefixLength),
    [`${prefix}STATE`]: stateText(lease.state),
    [`${prefix}SUBNET_ID`]: String(lease.subnetId),
    [`${prefix}TYPE`]: lease.type === LeaseType.pd ? 'IA_PD' : 'IA_NA',
    [`${prefix}VALID_LIFETIME`]: String(lease.validLifetimeSec),
  };
}

/** `QUERY6_*`. [Kea] Of the link layer nothing is known, nor does it say the port of the server. */
function queryVariables(query: EventQuery6, host: ScriptHost6): Environment {
  return {
    QUERY6_TYPE: MESSAGE_TYPES[query.messageType] ?? '',
    QUERY6_TXID: String(query.transactionId),
    QUERY6_LOCAL_ADDR: formatIpv6(query.localAddress),
    QUERY6_LOCAL_PORT: '0',
    QUERY6_REMOTE_ADDR: formatIpv6(query.sourceAddress),
    QUERY6_REMOTE_PORT: String(query.sourcePort),
    QUERY6_IFACE_INDEX: host.interfaceIndex(query.interfaceName),
    QUERY6_IFACE_NAME: query.interfaceName,
    QUERY6_REMOTE_HWADDR: '',
    QUERY6_REMOTE_HWADDR_TYPE: '',
    QUERY6_PROTO: 'UDP',
    QUERY6_CLIENT_ID: formatHex(query.duid),
    ...optionVariable(OptionCode.interfaceId, query.interfaceId),
    ...optionVariable(OptionCode.remoteId, query.remoteId),
    ...optionVariable(OptionCode.subscriberId, query.subscriberId),
  };
}

/** [Kea 3.0] `QUERY6_OPTION_18` and the like, where a relay has sent it. */
function optionVariable(code: number, data: Uint8Array | null): Environment {
  if (data === null) return {};
  return { [`QUERY6_OPTION_${code}`]: upperHex(data) };
}

/** `PKT6_IA_*`: the identity association by which a lease goes on. */
function iaVariables({ code, iaid, t1Sec, t2Sec }: EventIa6): Environment {
  return {
    PKT6_IA_IAID: String(iaid),
    PKT6_IA_IA_T1: String(t1Sec),
    PKT6_IA_IA_T2: String(t2Sec),
    PKT6_IA_IA_TYPE: String(code),
  };
}

function committed(query: Environment, leases: readonly Lease6[], deleted: readonly Lease6[]): ScriptCall {
  const environment: Environment = {
    ...query,
    LEASES6_SIZE: String(leases.length),
    DELETED_LEASES6_SIZE: String(deleted.length),
  };
  leases.forEach((lease, i) => void Object.assign(environment, leaseVariables(`LEASES6_AT${i}_`, lease)));
  deleted.forEach(
    (lease, i) => void Object.assign(environment, leaseVariables(`DELETED_LEASES6_AT${i}_`, lease)),
  );
  return { hookPoint: 'leases6_committed', environment };
}

/** The calls for an event, in Kea's order. */
export function scriptCalls6(event: LeaseEvent6, host: ScriptHost6): ScriptCall[] {
  const { kind, former, written, replaced } = event;
  const query = event.query === null ? {} : queryVariables(event.query, host);
  const leases = written.map(({ lease }) => lease);
  const ofFormer = (hookPoint: string, more: Environment = {}): ScriptCall[] =>
    former.map((each) => ({
      hookPoint,
      environment: { ...query, ...more, ...leaseVariables('LEASE6_', each) },
    }));
  const expired = (): ScriptCall[] =>
    ofFormer('lease6_expire', { REMOVE_LEASE: String(host.removesExpired) });
  switch (kind) {
    case LeaseEventKind.granted:
    case LeaseEventKind.renewed:
    case LeaseEventKind.unchanged:
      return [...extensions(event, query), committed(query, leases, replaced)];
    case LeaseEventKind.released:
      return [...ofFormer('lease6_release'), committed(query, [], former)];
    case LeaseEventKind.declined:
      return [...ofFormer('lease6_decline'), committed(query, leases, [])];
    case LeaseEventKind.expired:
      return expired();
    case LeaseEventKind.recovered:
      return [...expired(), ...ofFormer('lease6_recover')];
  }
}

/** A RENEW or REBIND is told of each lease that goes on by it. */
function extensions({ query, written }: LeaseEvent6, ofQuery: Environment): ScriptCall[] {
  const type = query?.messageType;
  if (type !== MessageType.renew && type !== MessageType.rebind) return [];
  const hookPoint = type === MessageType.renew ? 'lease6_renew' : 'lease6_rebind';
  return written.flatMap(({ lease, isRenewed }) => {
    const code = lease.type === LeaseType.pd ? OptionCode.iaPd : OptionCode.iaNa;
    const ia = query?.ias.find((each) => each.code === code && each.iaid === lease.iaid);
    if (!isRenewed || ia === undefined) return [];
    const environment = { ...ofQuery, ...iaVariables(ia), ...leaseVariables('LEASE6_', lease) };
    return [{ hookPoint, environment }];
  });
}
