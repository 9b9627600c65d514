/** What must hold when nothing is wrong. */
import type { OwnedLease } from './family.ts';
import type { Holding } from './leases-held.ts';
import { membersOf } from './relationship.ts';
import type { SimulatedWorld } from './world.ts';

/** What is in force, by address. */
type Table = ReadonlyMap<string, OwnedLease>;
/** Of servers. */
type Tables = ReadonlyMap<number, Table>;

/** A lease that ends so soon is nobody's concern. */
const SOON_US = 5e6;
/** Longer than an update is under way. */
const UNDER_WAY_SEC = 15;
/** Statistics of datagrams that get no reply of their own: dropped, done in silence, or asked again while the reply waits. */
const SILENT = /^tandem-(drop-|done-|ignored-|repeated-parked$)/;

/**
 * Both servers have every lease that a client holds, and while nothing is wrong they agree on all others.
 * Pre: they have been in their normal state for a while.
 * @param isWell whether no fault is at work, nor was a moment ago
 */
export async function judgeTables(world: SimulatedWorld, isWell: () => boolean): Promise<void> {
  if (!world.areNormal(0)) return;
  await judgeHeld(world, world.relationship.active, (index, lease) => hasKeaLost(world, index, lease));
  const differing = differencesOf(world, await tablesOf(world, membersThatAgree(world)));
  if (differing.size === 0 || !isWell()) return;
  await world.run(UNDER_WAY_SEC);
  if (!world.areNormal(UNDER_WAY_SEC) || !isWell()) return;
  for (const [address, text] of differencesOf(world, await tablesOf(world, membersThatAgree(world))))
    if (differing.get(address) === text) world.held.broken({ kind: 'tables differ', text, about: [address] });
}

/** Those that give leases, and backups of which nothing was ever lost. */
function membersThatAgree(world: SimulatedWorld): number[] {
  const { relationship, backups } = world;
  const exact = relationship.backups.filter((index) => world.listens(index) && !backups.hasLacked(index));
  return [...relationship.active, ...exact];
}

/** Servers have every lease that a client holds. @param isExcused whether one may be missing */
export async function judgeHeld(
  world: SimulatedWorld,
  servers: readonly number[],
  isExcused: (index: number, lease: Holding) => boolean = () => false,
): Promise<void> {
  const before = world.held.current();
  const tables = await tablesOf(world, servers);
  const after = new Set(world.held.current().map(({ client, address }) => `${client} ${address}`));
  for (const lease of before) {
    const { client, owner, address, untilUs } = lease;
    if (untilUs - world.agenda.nowUs < SOON_US || !after.has(`${client} ${address}`)) continue;
    for (const [index, table] of tables) {
      const holder = table.get(address)?.owner;
      if (holder === owner || isExcused(index, lease) || isWithCopy(lease, before, table)) continue;
      // Both had given it to somebody, and one of them has it now; or, by a wrong clock, what one of them had before.
      if ((holder !== undefined || !world.clocks.areTrue) && world.knowledge.wasGivenApart(lease)) continue;
      // It is over by the server's clock.
      if (world.clocks.takesForOver(world.machines[index]!.name, lease)) continue;
      const text = `server${index + 1} has ${holder ?? 'nobody'} at ${address}, which ${client} (${owner}) holds`;
      world.held.broken({ kind: 'lost lease', text, about: [address, client] });
    }
  }
}

/** A copy of the client, which servers take for the same one, has asked for another address since, and has got it. */
function isWithCopy({ client, owner, address }: Holding, held: readonly Holding[], table: Table): boolean {
  return held.some(
    (other) =>
      other.owner === owner &&
      other.client !== client &&
      other.address !== address &&
      table.get(other.address)?.owner === owner,
  );
}

/** Of a Kea that could not write what it was told, or lost it with its power. */
function hasKeaLost({ knowledge, machines }: SimulatedWorld, index: number, lease: Holding): boolean {
  return knowledge.isBlank(index) || knowledge.wasLost(machines[index]!.name, lease);
}

async function tablesOf(world: SimulatedWorld, servers: readonly number[]): Promise<Tables> {
  const tables = new Map<number, Table>();
  for (const index of servers) tables.set(index, await tableOf(world, index));
  return tables;
}

/** What a server has in force, by its own clock. */
async function tableOf(world: SimulatedWorld, index: number): Promise<Table> {
  const { listCommand, leaseListed } = world.family;
  const { arguments: found } = await world.command(index, listCommand, { subnets: [1] });
  const { leases } = found as { readonly leases: readonly Record<string, unknown>[] };
  const nowSec = world.machines[index]!.clock.nowMs / 1000;
  const held = leases.map(leaseListed).filter(({ untilSec }) => untilSec > nowSec);
  return new Map(held.map((lease) => [lease.address, lease]));
}

/** What the servers do not agree on, in words, by address. */
function differencesOf(world: SimulatedWorld, all: Tables): Map<string, string> {
  const tables = new Map([...all].filter(([index]) => !world.knowledge.isBlank(index)));
  const differences = new Map<string, string>();
  for (const address of new Set([...tables.values()].flatMap((table) => [...table.keys()]))) {
    const leases = [...tables].map(([index, table]) => [index, table.get(address)] as const);
    if (new Set(leases.map(([, lease]) => lease?.owner)).size === 1) continue;
    const found = leases.flatMap(([, lease]) => lease ?? []);
    if (leases.some(([index, lease]) => lease === undefined && couldBeOver(world, index, found))) continue;
    const said = leases.map(([index, lease]) => `server${index + 1} has ${lease?.owner ?? 'nobody'}`);
    differences.set(address, `at ${address} ${said.join(', ')}`);
  }
  return differences;
}

/** Whether the clock of a server that has no lease at an address may have said that the lease of the other one is over. */
function couldBeOver(world: SimulatedWorld, index: number, leases: readonly OwnedLease[]): boolean {
  return leases.some(({ address, owner, untilSec }) => {
    const held = world.held.at(address);
    const { askedAtUs, untilUs } = held?.owner === owner ? held : { askedAtUs: 0, untilUs: Number.MAX_VALUE };
    const lease = { endMs: untilSec * 1000, untilUs, askedAtUs };
    return world.clocks.takesForOver(world.machines[index]!.name, lease);
  });
}

/**
 * What each server has in force is in its file as well, both have the same, and every datagram was answered, or dropped for one reason.
 * Pre: nothing is asked for any more, and nothing is on its way.
 */
export async function judgeBooks(world: SimulatedWorld): Promise<void> {
  if (!world.areNormal(0)) return;
  for (const [address, text] of differencesOf(world, await tablesOf(world, membersThatAgree(world))))
    world.held.broken({ kind: 'tables differ', text, about: [address] });
  await judgeFiles(world, membersOf(world.relationship));
}

/** Of each server by itself. */
export async function judgeFiles(world: SimulatedWorld, servers: readonly number[]): Promise<void> {
  for (const [index, table] of await tablesOf(world, servers)) {
    if (world.isKea(index)) continue;
    for (const [address, { owner }] of table) {
      const filed = world.filed[index]!.at(address);
      if (filed?.owner === owner) continue;
      const text = `server${index + 1} has ${owner} at ${address}, its file ${filed?.owner ?? 'nobody'}`;
      world.held.broken({ kind: 'the file differs from the table', text, about: [address] });
    }
    await judgeCounters(world, index);
  }
}

async function judgeCounters(world: SimulatedWorld, index: number): Promise<void> {
  const { arguments: found } = await world.command(index, 'statistic-get-all');
  const samples = Object.entries(found as Readonly<Record<string, readonly [readonly [number]]>>);
  const figures = new Map(samples.map(([name, [[value]]]) => [name, value]));
  const { number } = world.family;
  const received = figures.get(`pkt${number}-received`) ?? 0;
  const sent = figures.get(`pkt${number}-sent`) ?? 0;
  const unanswered = [...figures].filter(([name, count]) => SILENT.test(name) && count > 0);
  if (received === sent + unanswered.reduce((sum, [, count]) => sum + count, 0)) return;
  const reasons = unanswered.map(([name, count]) => `${name} ${count}`);
  const text = `server${index + 1} has received ${received}, sent ${sent}; ${reasons.join(', ')}`;
  world.held.broken({ kind: 'counters do not add up', text, about: [] });
}

/** Whether there is nothing left that somebody waits for. */
export function isAtRest(world: SimulatedWorld): boolean {
  return world.areNormal(0) && world.clients.every(({ isBound }) => isBound);
}

/** Every client has an address, and both servers are in their normal state. @param quietSec for how long nothing has been wrong */
export function judgeRest(world: SimulatedWorld, quietSec: number): void {
  judgeServed(world, quietSec);
  if (world.areNormal(0)) return;
  const text = `the servers are ${world.knowledge.states.join(' and ')} after ${quietSec} s without faults`;
  world.held.broken({ kind: 'not normal', text, about: [] });
}

export function judgeServed(world: SimulatedWorld, quietSec: number): void {
  for (const client of world.clients) {
    if (client.isBound) continue;
    const text = `${client.name} is ${client.phase} after ${quietSec} s without faults`;
    world.held.broken({ kind: 'not served', text, about: [client.name] });
  }
}
