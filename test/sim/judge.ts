/** What must hold when nothing is wrong. */
import type { SimulatedWorld } from './world.ts';

/** A lease that ends so soon is nobody's concern. */
const SOON_US = 5e6;

/** Both servers have every lease that a client holds. Pre: they have been in their normal state for a while. */
export async function judgeTables(world: SimulatedWorld): Promise<void> {
  if (!world.areNormal(0)) return;
  const before = world.held.current();
  const tables = [await tableOf(world, 0), await tableOf(world, 1)];
  const after = new Set(world.held.current().map(({ client, address }) => `${client} ${address}`));
  for (const { client, owner, address, untilUs } of before) {
    if (untilUs - world.agenda.nowUs < SOON_US || !after.has(`${client} ${address}`)) continue;
    tables.forEach((table, index) => {
      const holder = table.get(address);
      if (holder === owner) return;
      const text = `server${index + 1} has ${holder ?? 'nobody'} at ${address}, which ${client} (${owner}) holds`;
      world.held.broken({ kind: 'lost lease', text, about: [address, client] });
    });
  }
}

/** Whom addresses and prefixes belong to, by a server's table. */
async function tableOf(world: SimulatedWorld, index: number): Promise<ReadonlyMap<string, string>> {
  const { listCommand, leaseListed } = world.family;
  const { arguments: found } = await world.command(index, listCommand, { subnets: [1] });
  const { leases } = found as { readonly leases: readonly Record<string, unknown>[] };
  const held = leases.map(leaseListed).filter(({ untilSec }) => untilSec > 0);
  return new Map(held.map(({ address, owner }) => [address, owner]));
}

/** Every client has an address, and both servers are in their normal state. @param quietSec for how long nothing has been wrong */
export function judgeRest(world: SimulatedWorld, quietSec: number): void {
  for (const client of world.clients) {
    if (client.isBound) continue;
    const text = `${client.name} is ${client.phase} after ${quietSec} s without faults`;
    world.held.broken({ kind: 'not served', text, about: [client.name] });
  }
  if (world.areNormal(0)) return;
  const text = `the servers are ${world.states.join(' and ')} after ${quietSec} s without faults`;
  world.held.broken({ kind: 'not normal', text, about: [] });
}
