/**
 * stat-leaseX-get of Kea's stat_cmds library: the leases of subnets as a table, with one row a subnet.
 *
 *     arguments: none, {"subnet-id": N}, or {"subnet-range": {"first-subnet-id": N, "last-subnet-id": N}}
 */
import type { Clock } from '../../base/clock.ts';
import { EncodedJson } from '../../base/encoded-json.ts';
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import { type ArgumentMap, isMap } from '../arguments.ts';
import { formatUtcTimestamp } from '../kea-time.ts';

/** The counters of the subnets, by position in the configuration. */
export interface SubnetCounters {
  subnet(index: number, name: string): number;
}

export interface StatLeaseSources {
  readonly clock: Clock;
  /** Read at each call, as the others: a reload brings new counters. */
  readonly reader: () => SubnetCounters;
  /** What the configuration says of a subnet, by complete name: `subnet[ID].total-addresses`. */
  readonly totals: () => ReadonlyMap<string, number | bigint>;
  /** In the order of the counters. */
  readonly subnetIds: () => readonly number[];
}

/** Behind the id of the subnet. */
const COLUMNS = {
  4: ['total-addresses', 'cumulative-assigned-addresses', 'assigned-addresses', 'declined-addresses'],
  6: [
    'total-nas',
    'cumulative-assigned-nas',
    'assigned-nas',
    'declined-addresses',
    'total-pds',
    'cumulative-assigned-pds',
    'assigned-pds',
  ],
} as const;

/** Which subnets are asked for, and how the answer calls them. */
interface Selection {
  readonly first: number;
  readonly last: number;
  readonly what: string;
  readonly ifNone: string;
}

export function createStatLeaseCommands(
  sources: StatLeaseSources,
  version: 4 | 6 = 4,
): Map<string, CommandHandler> {
  return new Map([[`stat-lease${version}-get`, (args) => statLeaseGet(sources, version, args)]]);
}

function statLeaseGet(sources: StatLeaseSources, version: 4 | 6, args: unknown): Answer {
  const selection = readSelection(args);
  if (typeof selection === 'string') return failure(selection);
  const { first, last, what, ifNone } = selection;
  const [reader, totals] = [sources.reader(), sources.totals()];
  const columns = COLUMNS[version];
  const rows = sources.subnetIds().flatMap((id, index) => {
    if (id < first || id > last) return [];
    const cells = columns.map((name) =>
      name.startsWith('total-')
        ? wholeNumber(totals.get(`subnet[${id}].${name}`) ?? 0)
        : reader.subnet(index, name),
    );
    return [[id, ...cells]];
  });
  const text = `stat-lease${version}-get[${what}]`;
  if (rows.length === 0) return { result: Result.empty, text: `${text}: ${ifNone}`, arguments: {} };
  const timestamp = formatUtcTimestamp(sources.clock.wallMs());
  return success(`${text}: ${rows.length} rows found`, {
    'result-set': { columns: ['subnet-id', ...columns], rows, timestamp },
  });
}

/** More addresses than a number can tell apart are written digit by digit. */
function wholeNumber(value: number | bigint): number | EncodedJson {
  return typeof value === 'number' ? value : new EncodedJson(String(value));
}

/** @returns the selection, or why there is none in the words of Kea */
function readSelection(args: unknown): Selection | string {
  if (args === undefined) return everySubnet;
  if (!isMap(args)) return "'arguments' parameter is not a map";
  const { 'subnet-id': id, 'subnet-range': range } = args;
  if (id !== undefined && range !== undefined) return 'cannot specify both subnet-id and subnet-range';
  if (id !== undefined) return oneSubnet(id);
  return range === undefined ? everySubnet : subnetRange(range);
}

const everySubnet: Selection = {
  first: 0,
  last: Number.POSITIVE_INFINITY,
  what: 'all subnets',
  ifNone: 'no matching data',
};

function oneSubnet(id: unknown): Selection | string {
  if (!isInteger(id)) return "'subnet-id' parameter is not integer";
  if (id <= 0) return "'subnet-id' parameter must be > 0";
  return {
    first: id,
    last: id,
    what: `subnet-id=${id}`,
    ifNone: `no matching data, subnet-id: ${id} does not exist`,
  };
}

function subnetRange(range: unknown): Selection | string {
  if (!isMap(range)) return 'subnet-range parameter is not a map';
  const first = readBound(range, 'first-subnet-id');
  if (typeof first === 'string') return first;
  const last = readBound(range, 'last-subnet-id');
  if (typeof last === 'string') return last;
  if (last < first) return "'last-subnet-id' must be greater than 'first-subnet-id'";
  return {
    first,
    last,
    what: `subnets ${first} through ${last}`,
    ifNone: `no matching data, selected ID range: ${first} through ${last} includes no known subnets`,
  };
}

function readBound(range: ArgumentMap, name: string): number | string {
  const value = range[name];
  if (!isInteger(value)) return `'${name}' parameter missing or not an integer`;
  return value <= 0 ? `'${name}' parameter must be > 0` : value;
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}
