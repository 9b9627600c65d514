/**
 * Where Tandem answers a command otherwise than a Kea, each with the reason as it stands in docs/kea-compatibility.md.
 * A difference that none of them covers is a fault, and so is one that covers nothing any more.
 */
import type { CommandCase } from './command-cases.ts';
import type { KeaKind } from './kea.ts';

/** The result and the text of one answer; an answer that never came is 0 and "". */
export interface Outcome {
  readonly result: number;
  readonly text: string;
}

export interface KnownDifference {
  /** Whose answers it is about; absent = those of every version. */
  readonly kea?: KeaKind;
  readonly reason: string;
  readonly covers: (which: CommandCase, kea: Outcome, tandem: Outcome) => boolean;
}

const has = ({ args }: CommandCase, name: string): boolean => Object.hasOwn(Object(args) as object, name);
const value = ({ args }: CommandCase, name: string): unknown =>
  (Object(args) as Record<string, unknown>)[name];

export const DIFFERENCES: readonly KnownDifference[] = [
  {
    kea: 'kea 2.2',
    reason: 'a lease that contradicts the leases or the subnets is result 4, as in Kea since 2.4, not 1',
    covers: (_, kea, tandem) => kea.result === 1 && tandem.result === 4 && kea.text === tandem.text,
  },
  {
    reason: 'an update of a lease that is not there says no more than that, with result 4',
    covers: (_, kea, tandem) =>
      /^failed to update.*retry might succeed$/.test(kea.text) && tandem.result === 4,
  },
  {
    kea: 'kea 2.2',
    reason:
      '`server-name` and `origin-id` are checked, as in Kea since 2.5.5, and so is whether arguments are a map',
    covers: ({ command, args }, kea) =>
      command.startsWith('ha-') &&
      kea.result === 0 &&
      (args === null || typeof args !== 'object' || Array.isArray(args)),
  },
  {
    kea: 'kea 2.2',
    reason: '`origin` may be a number, as in Kea since 2.5.8',
    covers: (which, kea) =>
      typeof value(which, 'origin') === 'number' && kea.text === "'origin' argument must be a string",
  },
  {
    kea: 'kea 2.2',
    reason: 'the state 3 (released) exists, as in Kea since 2.7',
    covers: (which, kea) => has(which, 'state') && kea.text.startsWith('Invalid state value'),
  },
  {
    reason: '`pool-id` is looked at, as in Kea since 2.4',
    covers: (which) => has(which, 'pool-id'),
  },
  {
    reason: '`comment` must be a text',
    covers: (which, _, tandem) => has(which, 'comment') && tandem.text.includes("'comment'"),
  },
  {
    kea: 'kea 2.2',
    reason: 'a client identifier of one octet is one',
    covers: (_, kea) => kea.text.startsWith('client-id is too short'),
  },
  {
    reason: 'a hardware address may be written without colons',
    covers: (_, kea) => kea.text.startsWith('invalid format of the decoded string'),
  },
  {
    reason: 'a lease without hardware address and client identifier belongs to nobody and is refused',
    covers: (which, _, tandem) =>
      value(which, 'hw-address') === '' && tandem.text.startsWith('a lease that is not'),
  },
  {
    kea: 'kea 2.2',
    reason: 'a number beyond 64 bits is refused by the parameter, not by the reader of the JSON',
    covers: (_, kea) => kea.text.startsWith('Number overflow'),
  },
  {
    reason: '`max-period` ends at 4294967295',
    covers: (which, kea, tandem) => value(which, 'max-period') === 4_294_967_296 && kea.text !== tandem.text,
  },
  {
    reason: 'the partner that cannot be reached is named with the cause',
    covers: (_, kea, tandem) => kea.text === 'Connection refused' && tandem.result === 1,
  },
  {
    kea: 'kea 2.2',
    reason: 'what makes Kea 2.2 close the connection without an answer is answered',
    covers: (_, kea, tandem) => kea.text === '' && kea.result === -1 && tandem.result === 1,
  },
  {
    reason: 'a number of samples below 0 is refused, and one beyond 32 bits is as many as are kept at most',
    kea: 'kea 2.2',
    covers: (which) => {
      const count = value(which, 'max-samples');
      return typeof count === 'number' && (count < 0 || count > 0xffff_ffff);
    },
  },
  {
    reason: 'a subnet id beyond 32 bits is named as it was sent',
    kea: 'kea 2.2',
    covers: (which, kea, tandem) =>
      value(which, 'subnet-id') === 4_294_967_296 && kea.result === tandem.result,
  },
  {
    reason: 'a range from a subnet to itself is that subnet',
    kea: 'kea 2.2',
    covers: (_, kea) => kea.text.startsWith('LeaseStatsQuery: last_subnet_id_must be >'),
  },
  {
    reason: 'the version is its own',
    covers: ({ command }, kea, tandem) =>
      ['version-get', 'build-report'].includes(command) && kea.result === tandem.result,
  },
  {
    kea: 'kea 3.0',
    reason: 'a client identifier of one octet is one',
    covers: (_, kea) => /^identifier is too short/.test(kea.text),
  },
  {
    kea: 'kea 3.0',
    reason: 'a number beyond 64 bits is out of range, as in Kea 2.2, not of the wrong type',
    covers: ({ args }, kea, tandem) =>
      `${JSON.stringify(args)}`.includes('100000000000000000000') && tandem.result === 1 && kea.result === 1,
  },
  {
    kea: 'kea 3.0',
    reason: '`origin` begins with 1, and a wrong one is refused in the words of Kea 2.2',
    covers: (which, _, tandem) => has(which, 'origin') && /^'origin' /.test(tandem.text),
  },
  {
    kea: 'kea 3.0',
    reason: 'the state 4 belongs to DHCPv6 and is refused',
    covers: (which) => value(which, 'state') === 4,
  },
  {
    kea: 'kea 3.0',
    reason: 'wrong arguments of an HA command are refused in words of its own',
    covers: ({ command }, kea, tandem) =>
      /^ha-(sync|sync-complete-notify|maintenance-notify)$/.test(command) &&
      kea.result === 1 &&
      tandem.result === 1,
  },
];

/** Those of one version. */
export function differencesFrom(version: KeaKind): readonly KnownDifference[] {
  return DIFFERENCES.filter(({ kea = version }) => kea === version);
}
