/** Both families, for tests of lease updates that run for each of them: the same leases, and how a peer is asked about them. */
import t, { type Test } from 'tap';
import { parseIpv4 } from '../../../src/base/ipv4.ts';
import type { Answer } from '../../../src/control/answer.ts';
import type { DhcpService } from '../../../src/control/envelope.ts';
import type { Lease4 } from '../../../src/lease/dhcp4/model.ts';
import type { Lease6 } from '../../../src/lease/dhcp6/model.ts';
import { NOBODY } from '../../../src/lease/dhcp6/record.ts';
import { LeaseState } from '../../../src/lease/state.ts';
import { type DispatchKit, KIT4, KIT6 } from './dispatch.ts';
import { changesOf, leasesOf, type ReceivedCommand, startPartner, type TestPartner } from './partner.ts';
import type { TestChange } from './record-kit.ts';
import { address6, prefixAddress6, type TestRecord6 } from './records6.ts';
import type { TestRecord } from './shards.ts';

/** Says what becomes of a lease: 0, or the result with which a Kea does not take it. */
export type Verdicts = (host: number) => number;

export interface UpdateFamily<Change extends TestChange, Lease> {
  readonly name: 'DHCPv4' | 'DHCPv6';
  readonly service: DhcpService;
  readonly kit: DispatchKit<Change, Lease>;
  /** A lease that is given, of a client of its own for each host, 1 to 99. */
  put(host: number): Change;
  /** One that has ended. */
  drop(host: number): Change;
  /** One that was declined: nobody's. */
  declined(host: number): Change;
  /** How a Kea is told of that. */
  readonly declinedFields: object;
  /** Where a lease of a host stands, as `changesOf` names it. */
  placeOf(host: number): string;
  /** Requests in which a Kea hears of so many leases of one query. */
  requestsOf(leases: number): number;
  /** Answers as a Kea that does not take every lease. */
  answer(command: ReceivedCommand, verdicts: Verdicts): Answer;
}

const BASE = parseIpv4('10.0.0.0')!;

const FAMILY4: UpdateFamily<TestRecord, Lease4> = {
  name: 'DHCPv4',
  service: 'dhcp4',
  kit: KIT4,
  put: (host) => ({ address: BASE + host }),
  drop: (host) => ({ address: BASE + host, isUpdate: false }),
  declined: (host) => ({ address: BASE + host, state: LeaseState.declined, anonymous: true }),
  declinedFields: { state: 1, 'hw-address': '', 'client-id': undefined },
  placeOf: (host) => `10.0.0.${host}`,
  requestsOf: (leases) => leases,
  answer: (command, verdicts) => ({ result: verdicts(hostOf(command, 0)), text: 'refused' }),
};

/** Every other lease is one of a prefix. */
const FAMILY6: UpdateFamily<TestRecord6, Lease6> = {
  name: 'DHCPv6',
  service: 'dhcp6',
  kit: KIT6,
  put: (host) => ({ address: addressOf(host) }),
  drop: (host) => ({ address: addressOf(host), isUpdate: false }),
  declined: (host) => ({ address: addressOf(host), state: LeaseState.declined, duid: NOBODY }),
  declinedFields: { state: 1, duid: '00:00:00' },
  placeOf: (host) => (isPrefix(host) ? `2001:db8:8000:${host}00:: IA_PD` : `2001:db8:1::${host} IA_NA`),
  requestsOf: () => 1,
  answer(command, verdicts) {
    const failed = leasesOf(command).flatMap((lease, at) => {
      const result = verdicts(hostOf(command, at));
      const { 'ip-address': address, type } = lease;
      return result === 0 ? [] : [{ 'ip-address': address, type, result, 'error-message': 'refused' }];
    });
    return failed.length === 0 ? { result: 0 } : { result: 3, arguments: { 'failed-leases': failed } };
  },
};

const isPrefix = (host: number): boolean => host % 2 === 0;

function addressOf(host: number): string {
  return isPrefix(host) ? prefixAddress6(`2001:db8:8000:${host}00::`) : address6(`2001:db8:1::${host}`);
}

/** The host of a lease of a command. */
function hostOf(command: ReceivedCommand, at: number): number {
  const { 'ip-address': address } = leasesOf(command)[at]!;
  return Number(/(\d+?)(00::)?$/.exec(address)![1]);
}

/** A test for each family. @param name begins with the scenarios */
export function forUpdatesOfEach(
  name: string,
  run: <Change extends TestChange, Lease>(t: Test, family: UpdateFamily<Change, Lease>) => Promise<void>,
): void {
  t.test(`${name}, of DHCPv4`, (t) => run(t, FAMILY4));
  t.test(`${name}, of DHCPv6`, (t) => run(t, FAMILY6));
}

/** A peer of the family. */
export function partnerOf(
  t: Test,
  { service }: Pick<UpdateFamily<TestChange, unknown>, 'service'>,
  name = 'server2',
): Promise<TestPartner> {
  return startPartner(t, name, 0, service);
}

/** What a peer was told, in the order of the requests and within each, "put PLACE" or "delete PLACE". */
export function changesToldTo(partner: TestPartner): string[] {
  return partner.received.flatMap(changesOf);
}
