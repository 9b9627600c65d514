/** What Tandem answers otherwise than Kea, with the reason. */
import { MessageType } from '../../../src/dhcp6/codes.ts';
import type { KeaKind } from '../kea.ts';
import type { Family6 } from './families.ts';
import { type Step, UNKNOWN_LINK } from './steps.ts';

export interface Case6 {
  readonly family: Family6;
  readonly step: Step;
  /** The earlier steps of the script. */
  readonly before: readonly Step[];
  readonly kea: readonly string[];
  readonly tandem: readonly string[];
}

export interface Difference6 {
  readonly query: string;
  readonly keas: readonly KeaKind[];
  readonly why: string;
  /** Not each check meets it. */
  readonly isRare?: boolean;
  readonly covers: (which: Case6) => boolean;
}

export const DIFFERENCES_6: readonly Difference6[] = [
  {
    query: 'where the default of the preferred lifetime is above that of the valid one',
    keas: ['kea 2.2'],
    why: 'Kea 3.0 makes a preferred lifetime that outlives its lease from the valid one, too',
    covers: ({ kea }) => kea.some((line) => isOutlived(line)),
  },
  {
    query: 'what is left of the lifetimes of a lease that is not written again',
    keas: ['kea 3.0'],
    why: 'the servers are asked at different moments',
    isRare: true,
    covers: ({ family, kea, tandem }) =>
      family.isCached === true && roughly(kea).join() === roughly(tandem).join(),
  },
  {
    query: 'RENEW and REBIND of a member of a class with lifetimes',
    keas: ['kea 2.2'],
    why: 'Kea 2.2 forgets the lifetimes of classes when a lease goes on; Kea 3.0 does not',
    covers: ({ family, step, kea, tandem }) =>
      JSON.stringify(family.dhcp6['client-classes'] ?? '').includes('lifetime') &&
      [MessageType.renew, MessageType.rebind].some((type) => type === step.type) &&
      withoutTimes(kea, family).join() === withoutTimes(tandem, family).join(),
  },
  {
    query: 'an address reserved for a hardware address that several clients have',
    keas: ['kea 3.0'],
    why: 'the servers do not agree on which of them has it still',
    isRare: true,
    covers: ({ family, step, kea, tandem }) =>
      family.dhcp6['mac-sources'] !== undefined &&
      step.relays.some(({ options }) => options.some(([code]) => code === 37)) &&
      sameBut(kea, tandem, JSON.stringify(family.dhcp6).replaceAll('"2001:db8:2::72"', '""')),
  },
  {
    query: 'a client in the class REJECT',
    keas: ['kea 2.2', 'kea 3.0'],
    why: 'later versions of Kea refuse it its leases, these do not know the class',
    covers: ({ family, step, kea, tandem }) =>
      JSON.stringify(family.dhcp6).includes('"REJECT"') &&
      names(step, 1234) &&
      (kea.some(isGiven) || kea.some((line) => line.endsWith('status 0'))) &&
      hasNothing(step, tandem),
  },
  {
    query: 'what the client of the script before was given, given back by a client that both scripts are of',
    keas: ['kea 2.2', 'kea 3.0'],
    why: 'the servers have given other free addresses, so that one is still its lease and the other is not',
    covers: ({ family, step, kea, tandem }) =>
      (family.traffic?.clients ?? []).length > 0 &&
      step.type === MessageType.release &&
      step.ias.some(({ parts }) => parts.includes('former')) &&
      anyEnd(kea).join() === anyEnd(tandem).join(),
  },
  {
    query: 'which of the free addresses and prefixes of a subnet a client gets',
    keas: ['kea 2.2', 'kea 3.0'],
    why: 'Kea goes on in the pool that it has given of last, and may give what it has offered to another client',
    covers: ({ family, kea, tandem }) => sameBut(kea, tandem, JSON.stringify(family.dhcp6)),
  },
  {
    query: 'vendor options, on a link that no subnet is of',
    keas: ['kea 2.2', 'kea 3.0'],
    why: 'Kea has none there, though it has the other options that are configured for all',
    covers: ({ step, kea, tandem }) =>
      step.relays.some(({ link }) => link === UNKNOWN_LINK) &&
      withoutVendors(kea).join() === withoutVendors(tandem).join(),
  },
  {
    query: 'several vendors: in option 17, in option 16, and in an option 17 that is configured',
    keas: ['kea 2.2'],
    why: 'Kea 2.2 answers one of them; Kea 3.0 answers all, too',
    covers: ({ family, step, kea, tandem }) =>
      leavesOutVendors(kea, tandem) &&
      ([16, 17].every((code) => names(step, code)) || JSON.stringify(family.dhcp6).includes('"vendor-opts"')),
  },
];

/** Whether a line is of an address or prefix that its client may use. */
function isGiven(line: string): boolean {
  return / valid [1-9]/.test(line);
}

/** Whether a reply says that the client gets no lease, has none, or names none. */
function hasNothing({ type }: Step, reply: readonly string[]): boolean {
  if (reply.some(isGiven)) return false;
  if (type === MessageType.confirm) return reply.join() === 'silence';
  return reply.some((line) => /status [236]$/.test(line));
}

/** Whether an address or prefix is preferred for longer than it is valid. */
function isOutlived(line: string): boolean {
  const [, preferred, valid] = / preferred (\d+) valid (\d+)/.exec(line) ?? [];
  return Number(preferred) > Number(valid);
}

/** Times that a few seconds make no difference to. */
function roughly(reply: readonly string[]): string[] {
  const near = (seconds: string): string => `${Math.ceil(Number(seconds) / 50) * 50}`;
  return reply.map((line) => line.replace(/(?<=\b(?:t1|t2|preferred|valid) )\d+/g, near));
}

function withoutTimes(reply: readonly string[], { dhcp6 }: Family6): string[] {
  return anyFree(reply, JSON.stringify(dhcp6)).map((line) => line.replace(/ (t1|preferred) .*/, ''));
}

/** Whether replies differ in nothing but addresses and prefixes that the configuration does not name. */
function sameBut(kea: readonly string[], tandem: readonly string[], configuration: string): boolean {
  return anyFree(kea, configuration).join() === anyFree(tandem, configuration).join();
}

/** A reply to a RELEASE in which a lease that has ended and one that there is none of are the same. */
function anyEnd(reply: readonly string[]): string[] {
  return reply.map((line) => line.replace(/status [03]$/, 'status'));
}

/** A reply in which addresses and prefixes that no reservation names are one as good as the other of their subnet. */
function anyFree(reply: readonly string[], configuration: string): string[] {
  return reply.map((line) =>
    line.replace(/^( *)([0-9a-f:]+)(\/\d+)? preferred/, (all, indent, address, length = '') =>
      configuration.includes(`"${address}${length}"`)
        ? all
        : `${indent}${subnetOf(address)}${length} preferred`,
    ),
  );
}

/** Of an address the third group; of a prefix what of it tells the subnets apart. */
function subnetOf(address: string): string {
  const [, , group = ''] = address.split(':');
  return group.length === 4 ? group[0]! : group;
}

function withoutVendors(reply: readonly string[]): string[] {
  return reply.filter((line) => !line.trim().startsWith('17 = '));
}

/** Whether Kea's reply is that of Tandem without some of its options 17. */
function leavesOutVendors(kea: readonly string[], tandem: readonly string[]): boolean {
  const more = tandem.filter((line) => !kea.includes(line));
  return (
    more.length > 0 &&
    more.every((line) => line.trim().startsWith('17 = ')) &&
    tandem.filter((line) => !more.includes(line)).join() === kea.join()
  );
}

function names({ options }: Step, code: number): boolean {
  return options.some(([each]) => each === code);
}
