/**
 * Where an answer of Tandem's is another one than Kea's, each with its reason: the table in docs/kea-compatibility.md. A
 * difference that none of them covers is a fault, and so is one that covers nothing any more.
 */
import type { KeaKind } from '../kea.ts';
import type { Fields } from './answers.ts';
import type { Family } from './families.ts';
import type { Step } from './scripts.ts';

export interface Case {
  readonly family: Family;
  readonly step: Step;
  /** The steps of the script so far. */
  readonly before: readonly Step[];
  readonly kea: Fields;
  readonly tandem: Fields;
}

export interface AnswerDifference {
  readonly query: string;
  /** What they do; one that is not there does as Tandem. */
  readonly keas: Partial<Record<KeaKind, string>>;
  readonly tandem: string;
  readonly why: string;
  /** Whether it is the reason why a field has another value. */
  covers(field: string, which: Case): boolean;
  /** The leases are others from here on: what else this client does says nothing. */
  readonly parts?: boolean;
  /** Met by chance, or only in a certain second: no run has to. */
  readonly isRare?: boolean;
}

const of = (fields: Fields, name: string): string => fields.get(name) ?? 'absent';
const option82 = (step: Step): string => new Map(step.options).get(82) ?? '';
const RELEASE = 7;
const isReboot = ({ type, server, wanted }: Step): boolean =>
  type === 3 && server === null && wanted !== null;

interface Hosts {
  readonly reservations?: readonly Readonly<Record<string, unknown>>[];
}

/** Whether a scope has a reservation of this address, or for this client. */
function hasHost(scope: Hosts, key: 'ip-address' | 'hw-address', value: string): boolean {
  return scope.reservations?.some((each) => each[key] === value) ?? false;
}

/** The sub-options of option 82 ascending by code. */
function ascending(digits: string): string {
  const octets = Buffer.from(digits, 'hex');
  const parts: Buffer[] = [];
  for (let at = 0; at + 1 < octets.length; at += 2 + octets[at + 1]!)
    parts.push(octets.subarray(at, at + 2 + octets[at + 1]!));
  return Buffer.concat(parts.sort((a, b) => a[0]! - b[0]!)).toString('hex');
}

export const ANSWER_DIFFERENCES: readonly AnswerDifference[] = [
  {
    query: 'relayed, refused',
    keas: { 'kea 2.2': 'NAK, broadcast flag as it came' },
    tandem: 'NAK with the broadcast flag',
    why: 'the client has no address that the relay could send to (RFC 2131, section 4.3.2)',
    covers: (field, { kea, tandem }) =>
      field === 'flags' && of(kea, 'type') === 'NAK' && of(tandem, 'flags') === '8000',
  },
  {
    query: 'option 82 whose sub-options do not ascend',
    keas: { 'kea 2.2': 'sub-options ascending by code', 'kea 3.0': 'sub-options ascending by code' },
    tandem: 'echoed as it came',
    why: 'a relay must find its option unchanged (RFC 3046, section 2.2)',
    covers: (field, { step, kea, tandem }) =>
      field === 'option 82' &&
      of(tandem, field) === option82(step) &&
      of(kea, field) === ascending(option82(step)),
  },
  {
    query: 'INIT-REBOOT without a subnet, not authoritative',
    keas: { 'kea 2.2': 'NAK' },
    tandem: 'silence',
    why: 'another server may know the client (RFC 2131, section 4.3.2), as in later versions of Kea',
    covers: (field, { step, kea, tandem }) =>
      field === 'type' && isReboot(step) && of(kea, 'type') === 'NAK' && of(tandem, 'type') === 'silence',
  },
  {
    query: 'after a RELEASE',
    keas: {
      'kea 2.2': 'any address; no ACK to INIT-REBOOT',
      'kea 3.0': 'the same where its lease was infinite',
    },
    tandem: 'the address that the client had',
    why: 'a released lease is kept for its client, as in Kea since 2.3.2 the others',
    covers: (field, { step, before, kea, tandem }) =>
      before.some(({ type }) => type === RELEASE) &&
      ((field === 'yiaddr' && ['held', 'as asked'].includes(of(tandem, field))) ||
        (field === 'type' && isReboot(step) && of(kea, field) !== 'ACK' && of(tandem, field) === 'ACK')),
    parts: true,
  },
  {
    query: 'REQUEST for an address of another subnet, or of a link without one',
    keas: { 'kea 2.2': 'silence', 'kea 3.0': 'silence' },
    tandem: 'NAK',
    why: 'a client that has moved starts anew at once',
    covers: (field, { kea, tandem }) =>
      field === 'type' && of(kea, 'type') === 'silence' && of(tandem, 'type') === 'NAK',
  },
  {
    query: 'DISCOVER or REQUEST for an address that was offered to somebody else just now',
    keas: { 'kea 2.2': 'offered again, ACK', 'kea 3.0': 'offered again, ACK' },
    tandem: 'another one, NAK',
    why: 'an OFFER holds its address ([why](decisions/offers.md))',
    covers: (field, { step, kea, tandem }) =>
      (step.wanted === 'former' || step.ciaddr === 'former') &&
      ((field === 'type' && of(kea, 'type') === 'ACK' && of(tandem, 'type') === 'NAK') ||
        (field === 'yiaddr' && of(kea, field) === 'as asked')),
    parts: true,
  },
  {
    query: 'REQUEST for an address that somebody else has given back in the same second',
    keas: { 'kea 3.0': 'NAK' },
    tandem: 'ACK',
    why: 'it is free at once',
    covers: (field, { step, kea, tandem }) =>
      field === 'type' &&
      (step.wanted === 'former' || step.ciaddr === 'former') &&
      of(kea, 'type') === 'NAK' &&
      of(tandem, 'type') === 'ACK',
    parts: true,
    isRare: true,
  },
  {
    query: 'client with a global reservation of an address of another subnet',
    keas: { 'kea 2.2': 'that address' },
    tandem: 'an address of a pool',
    why: 'of no use where it is, as in later versions of Kea',
    covers: (field, { family, step, kea }) =>
      (field === 'yiaddr' && hasHost(family.dhcp4, 'ip-address', of(kea, field))) ||
      (field === 'type' && of(kea, field) === 'NAK' && hasHost(family.dhcp4, 'hw-address', step.mac)),
    parts: true,
  },
  {
    query: 'client with a global reservation and one of its subnet, one of them without an address',
    keas: { 'kea 2.2': 'any address, or silence', 'kea 3.0': 'any address, or silence' },
    tandem: 'the reserved address',
    why: 'either is good for what it says',
    covers: (field, { family, step }) =>
      (field === 'yiaddr' || field === 'type') &&
      hasHost(family.dhcp4, 'hw-address', step.mac) &&
      (family.dhcp4['subnet4'] as Hosts[]).some((subnet) => hasHost(subnet, 'hw-address', step.mac)),
    parts: true,
  },
  {
    query: 'client that takes another address with the name it had',
    keas: { 'kea 2.2': 'DNS is told nothing', 'kea 3.0': 'DNS is told nothing' },
    tandem: 'the name is removed for the old address and added for the new one',
    why: 'otherwise the old address stays in DNS',
    covers: (field, { kea, tandem }) =>
      field === 'changes' && of(kea, field) === 'absent' && of(tandem, field).startsWith('{"change-type":1'),
  },
  {
    query: 'NAK in a subnet that has a server identifier of its own',
    keas: {
      'kea 2.2': 'option 54 is the address of the server',
      'kea 3.0': 'option 54 is the address of the server',
    },
    tandem: 'option 54 is that of the subnet',
    why: 'the client knows the server by no other one',
    covers: (field, { kea }) => field === 'option 54' && of(kea, 'type') === 'NAK',
  },
  {
    query: 'client that names an enterprise in option 124',
    keas: { 'kea 2.2': 'no vendor options' },
    tandem: 'the vendor options of the enterprise',
    why: 'as Kea 3',
    covers: (field, { step, kea }) =>
      field === 'option 125' && new Map(step.options).has(124) && of(kea, field) === 'absent',
  },
  {
    query: 'RELEASE of a client with a name',
    keas: { 'kea 3.0': 'DNS is told when the lease is reclaimed, or when the client comes back' },
    tandem: 'DNS is told at once',
    why: 'the name is free at once, as in Kea 2.2',
    covers: (field, { step, before }) =>
      field === 'changes' && [...before, step].some(({ type }) => type === RELEASE),
  },
  {
    query: '`never-send` of options 3, 6 and 15',
    keas: { 'kea 3.0': 'sent all the same' },
    tandem: 'not sent',
    why: 'never is never',
    covers: (field, { family, kea, tandem }) =>
      /^option (3|6|15)$/.test(field) &&
      JSON.stringify(family.dhcp4).includes('"never-send":true') &&
      of(kea, field) !== 'absent' &&
      of(tandem, field) === 'absent',
  },
  {
    query: 'INFORM by broadcast of a link without a subnet',
    keas: { 'kea 2.2': 'silence' },
    tandem: 'ACK without options',
    why: 'as later versions of Kea',
    covers: (field, { step, kea, tandem }) =>
      field === 'type' &&
      step.way === 'broadcast' &&
      of(kea, 'type') === 'silence' &&
      of(tandem, 'type') === 'ACK',
    isRare: true,
  },
  {
    query: 'INFORM without a relay, but with option 82; option 82 that is configured',
    keas: { 'kea 2.2': 'ACK without option 82', 'kea 3.0': 'ACK without option 82' },
    tandem: 'option 82 is echoed',
    why: 'who sent it is to find it again (RFC 3046, section 2.2)',
    covers: (field, { step, kea }) =>
      field === 'option 82' &&
      step.type === 8 &&
      (step.way !== 'relay' || option82(step) === '') &&
      of(kea, field) === 'absent',
  },
  {
    query: 'option 82 with sub-option 19 of no octets, or 5 of two',
    keas: { 'kea 3.0': 'silence' },
    tandem: 'answered',
    why: 'sub-option 19 has no octets (RFC 8357), and what can be passed over is passed over',
    covers: (field, { step, kea }) =>
      field === 'type' && of(kea, 'type') === 'silence' && /1300$|^0502....$/.test(option82(step)),
    parts: true,
  },
  {
    query: 'option 61 of one octet',
    keas: { 'kea 2.2': 'silence', 'kea 3.0': 'silence' },
    tandem: 'answered',
    why: 'with the hardware address beside it the client is known well enough',
    covers: (field, { step, kea }) =>
      field === 'type' && of(kea, 'type') === 'silence' && (new Map(step.options).get(61) ?? '').length === 2,
    parts: true,
  },
  {
    query: 'the relay overrides the server identifier (RFC 5107)',
    keas: { 'kea 2.2': 'option 54 is its own', 'kea 3.0': 'option 54 is its own' },
    tandem: 'option 54 is what the relay asks for',
    why: 'otherwise renewals go past the relay',
    covers: (field, { step, tandem }) =>
      field === 'option 54' && option82(step).includes(`0b04${of(tandem, field)}`),
  },
];
