/** What must hold when an acknowledgement leaves a server. */
import { SKEW_MAX_SEC } from '../../src/lease/precedence.ts';
import type { SeenReply } from './family.ts';
import { FiledLeases } from './filed-leases.ts';
import type { SimulatedWorld } from './world.ts';

/** What was granted in the state before has left by then. */
const SETTLED_US = 2e6;
/** Longer than a reply that was granted in the state before may wait for the disk. */
const PARKED_US = 60e6;
/** A lease that was written so lately is answered for the first time, or waits for the disk no longer than that. */
const FRESH_SEC = 10;
/** Between what a client counts from and what a server does. */
const ROUNDING_SEC = 1;

/**
 * Whatever is acknowledged is on this server's disk for as long as it was given, and in normal operation on the partner's; and on those
 * of the backups if it waits for them.
 * @param askedAtUs when the client has asked
 */
export function judgeGrants(
  world: SimulatedWorld,
  index: number,
  { grants }: SeenReply,
  askedAtUs: number,
): void {
  const { knowledge, held, machines, filed } = world;
  const { name, clock } = machines[index]!;
  if (grants.length > 0 && knowledge.isSilent(index, PARKED_US))
    held.broken({
      kind: 'served out of turn',
      text: `${name} answers in ${knowledge.states[index]}`,
      about: [],
    });
  for (const { address, owner, validSec } of grants) {
    judgeProbation(world, index, address, askedAtUs);
    const untilSec = clock.leastMs(askedAtUs) / 1000 + validSec;
    // What was given back since, all servers may know to be so while the reply waits.
    const keepers = held.hasLeft(owner, address, askedAtUs) ? [] : keepersOf(world, index);
    for (const [which, kind] of keepers) {
      const lease = filed[which]!.at(address);
      if (lease?.owner === owner && lease.untilSec >= untilSec - ROUNDING_SEC) continue;
      const found = lease === undefined ? 'nobody is' : `${lease.owner} is until ${lease.untilSec}`;
      held.broken({
        kind,
        text: `${address} of ${owner} until ${untilSec} by ${name}, ${found} filed`,
        about: [address],
      });
    }
    // Of a lease that was there already backups were told when it was given.
    const ageSec = clock.nowMs / 1000 - (filed[index]!.at(address)?.clttSec ?? 0);
    if (ageSec < FRESH_SEC) world.backups.told(index, { address, owner, untilSec });
  }
}

/** On whose disks an acknowledged lease must be, and what it is called when it is not. */
function* keepersOf(world: SimulatedWorld, index: number): Generator<[number, string]> {
  const { knowledge, relationship, backups } = world;
  // A Kea's lease may have gone again while its reply waited.
  if (!world.isKea(index)) yield [index, 'acknowledged before it was on the disk'];
  if (!knowledge.isNormal(index, SETTLED_US)) return;
  // What a new disk does not have was on the former one.
  for (const which of relationship.active)
    if (which !== index && !knowledge.isBlank(which) && !areClocksApart(world, index, which))
      yield [which, 'acknowledged before the partner had it'];
  if (!relationship.isBackupAwaited) return;
  for (const which of relationship.backups)
    if (!backups.hasNewDisk(which, PARKED_US)) yield [which, 'acknowledged before the backup had it'];
}

/** Which of two versions of a lease is later nobody can tell then; the next heartbeat ends the pair. */
function areClocksApart({ machines }: SimulatedWorld, one: number, other: number): boolean {
  return Math.abs(machines[one]!.clock.offsetMs - machines[other]!.clock.offsetMs) > SKEW_MAX_SEC * 1000;
}

/** What a client has declined is given to nobody for a while. */
function judgeProbation(world: SimulatedWorld, index: number, address: string, askedAtUs: number): void {
  const { clock, name } = world.machines[index]!;
  const filed = world.filed[index];
  const lease = filed instanceof FiledLeases ? filed.takenTooEarly(address) : undefined;
  // A row of before the client asked came from the partner, which may not have known.
  const sinceSec = Math.floor(clock.leastMs(askedAtUs) / 1000);
  if (lease === undefined || lease.clttSec < sinceSec || !world.clocks.areTrue) return;
  const text = `${address} is given to ${lease.owner} by ${name}, and was declined a moment ago`;
  world.held.broken({ kind: 'declined address given', text, about: [address] });
}
