/**
 * What a story is made of: the pair, its clients, the network, and the faults with their times. All of it is drawn from the seed
 * before the story begins, so that a story can be told again without one of them.
 */
import { type ClockFault, clockFaults, SPARE_ADDRESSES } from './clock-faults.ts';
import { type ConfigurationFault, configurationFaults } from './configuration-faults.ts';
import { type Crowd, crowds } from './crowd.ts';
import type { DiskTrouble } from './disk.ts';
import type { Acquaintance } from './heartbeats.ts';
import { drawFaults, type Timed } from './moments.ts';
import { Random } from './random.ts';
import type { PairSettings } from './relationship.ts';
import { type ThreadFault, threadFaults } from './thread-faults.ts';

/** Something that is wrong for a while. A server is its place in the world, 0...; times in seconds. */
export type Fault =
  | { readonly kind: 'kill'; readonly server: number; readonly isPowerFailure: boolean }
  /** At the n-th call from then on that changes something on the disk. */
  | {
      readonly kind: 'kill at a disk call';
      readonly server: number;
      readonly isPowerFailure: boolean;
      readonly calls: number;
    }
  | { readonly kind: 'kill both'; readonly isPowerFailure: boolean; readonly apartSec: number }
  /** The machine is replaced: all files but the configuration are gone. */
  | { readonly kind: 'lost disk'; readonly server: number }
  | { readonly kind: 'partition'; readonly from: number; readonly to: number; readonly isBothWays: boolean }
  | { readonly kind: 'clients cut off'; readonly server: number }
  | { readonly kind: 'disk in trouble'; readonly server: number; readonly trouble: DiskTrouble }
  | { readonly kind: 'slow disk'; readonly server: number; readonly syncMs: number }
  | { readonly kind: 'slow link'; readonly delayMs: number }
  | ClockFault
  | ConfigurationFault
  | ThreadFault
  | Crowd
  /** An administrator's. */
  | {
      readonly kind: 'command';
      readonly server: number;
      readonly command: AdminCommand;
      /** Of ha-sync. */
      readonly source: number;
    };

export type AdminCommand =
  | 'ha-maintenance-start'
  | 'ha-reset'
  | 'ha-sync'
  | 'config-reload'
  | 'dhcp-disable'
  | 'kea-lfc-start';

export type PlannedFault = Timed<Fault>;

/** How the servers of a pair speak with each other, or that one is a modelled Kea. */
export type Partner = Acquaintance | 'kea';

export const PARTNERS: readonly Partner[] = ['tandem', 'requests', 'strangers', 'kea'];

export interface StoryPlan {
  readonly seed: number;
  readonly partner: Partner;
  /** Which of the two is the Kea, where one is. */
  readonly keaAt: number;
  readonly hours: number;
  readonly pair: PairSettings;
  readonly clients: number;
  readonly loss: number;
  readonly duplication: number;
  readonly delayMsMax: number;
  /** How often something comes over a client, of each step of the story: release, decline, silence, a reboot. */
  readonly restlessness: number;
  readonly faults: readonly PlannedFault[];
  readonly end: StoryEnd;
}

/** How a story ends: everybody comes back, or those who give leases never do, after they did or at once. */
export type StoryEnd = 'all return' | 'pair lost in peace' | 'pair lost at once';

/** Of a story that is shorter than that, things come faster, and leases are shorter. */
const SHORT_HOURS = 0.2;
const HEARTBEATS_MS = [10_000, 10_000, 10_000, 1_000, 200];
/** Powers of two up to some minutes: a millisecond is a glitch, 200 s are longer than any patience. */
const FOR_SEC = [0.001, 0.5, 5, 30, 90, 200, 600];

/**
 * Everything that the seed decides beforehand.
 * @param servers more than two: all but two are backups, or all but one
 */
export function planStory(seed: number, hours: number, servers = 2, partner: Partner = 'tandem'): StoryPlan {
  const draw = new Random(seed * 7919 + 1);
  const clients = draw.between(4, 24);
  const isShort = hours < SHORT_HOURS;
  const mode = draw.pick(servers > 2 ? [...PAIRS, 'passive-backup'] : PAIRS);
  const backups = servers - (mode === 'passive-backup' ? 1 : 2);
  const members = Array.from({ length: servers }, (_, at) => at);
  const areTandems = partner === 'tandem';
  const clocks = areTandems ? clockFaults(seed, hours, members) : [];
  const pair: PairSettings = {
    mode,
    backups,
    isBackupAwaited: mode === 'passive-backup' && draw.chance(0.5),
    leaseSec: draw.pick(isShort ? [60, 120, 300] : [120, 300, 900]),
    addresses: clients + draw.between(0, 6) + (clocks.length > 0 ? SPARE_ADDRESSES : 0),
    shards: draw.between(1, 3),
    unacked: draw.between(0, 3),
    cleanupSec: draw.pick([0, 60, 300]),
    // Of its own chance: what was drawn before there were pages stays as it was.
    pageLimit: new Random(seed * 104_729 + 1).pick([1, 3, 10_000]),
    heartbeatMs: new Random(seed * 86_028_121 + 9).pick(HEARTBEATS_MS),
  };
  const [loss, duplication] = [draw.pick([0, 0.01, 0.1]), draw.pick([0, 0.05])];
  const delayMsMax = draw.pick([2, 20, 300]);
  const restlessness = draw.pick([0.05, 0.2, 0.5]);
  const everySec = draw.pick(isShort ? [20, 40, 120] : [40, 150, 600]);
  const pace = { hours, everySec, forSec: FOR_SEC };
  const faults: PlannedFault[] = drawFaults(draw, pace, () => drawFault(draw, members));
  if (areTandems) faults.push(...clocks, ...configurationFaults(seed, hours, members));
  faults.push(...threadFaults(seed, hours, members), ...crowds(seed, hours));
  faults.sort((one, other) => one.atSec - other.atSec);
  return {
    seed,
    partner,
    keaAt: seed % 2,
    hours,
    pair,
    clients,
    loss,
    duplication,
    delayMsMax,
    restlessness,
    faults,
    end: pair.backups > 0 ? draw.pick(ENDS) : 'all return',
  };
}

const ENDS: readonly StoryEnd[] = ['all return', 'pair lost in peace', 'pair lost at once'];
const PAIRS: readonly string[] = ['hot-standby', 'load-balancing'];

function drawFault(draw: Random, servers: readonly number[]): Fault {
  const server = draw.pick(servers);
  const others = servers.filter((each) => each !== server);
  const other = others.length === 1 ? others[0]! : draw.pick(others);
  const isPowerFailure = draw.chance(0.5);
  switch (draw.below(12)) {
    case 0:
      return { kind: 'kill', server, isPowerFailure };
    case 1:
    case 2:
      return { kind: 'kill at a disk call', server, isPowerFailure, calls: draw.between(1, 40) };
    case 3:
      return { kind: 'kill both', isPowerFailure, apartSec: draw.pick([0, 0.01, 1, 20]) };
    case 4:
      return { kind: 'lost disk', server };
    case 5:
    case 6:
      return { kind: 'partition', from: server, to: other, isBothWays: draw.chance(0.6) };
    case 7:
      return { kind: 'clients cut off', server };
    case 8:
      return { kind: 'disk in trouble', server, trouble: draw.pick(['full', 'sync']) };
    case 9:
      return { kind: 'slow disk', server, syncMs: draw.pick([1, 10, 60]) };
    case 10:
      return { kind: 'slow link', delayMs: draw.pick([2, 20, 400]) };
    default:
      return { kind: 'command', server, command: draw.pick(COMMANDS), source: other };
  }
}

const COMMANDS: readonly AdminCommand[] = [
  'ha-maintenance-start',
  'ha-reset',
  'ha-sync',
  'config-reload',
  'dhcp-disable',
  'kea-lfc-start',
];
