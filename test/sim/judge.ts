/** What must hold when nothing is wrong. */
import type { SimulatedWorld } from './world.ts';

/** A lease that ends so soon is nobody's concern. */
const SOON_US = 5e6;
const ASSIGNED = 0;

interface ListedLease {
  readonly 'ip-address': string;
  readonly 'hw-address': string;
  readonly state: number;
  readonly cltt: number;
  readonly 'valid-lft': number;
}

/** Both servers have every lease that a client holds. Pre: they have been in their normal state for a while. */
export async function judgeTables(world: SimulatedWorld): Promise<void> {
  if (!world.areNormal(0)) return;
  const before = world.held.current();
  const tables = [await tableOf(world, 0), await tableOf(world, 1)];
  const after = new Set(world.held.current().map(({ client, address }) => `${client} ${address}`));
  for (const { client, address, untilUs } of before) {
    if (untilUs - world.agenda.nowUs < SOON_US || !after.has(`${client} ${address}`)) continue;
    const { mac } = world.clients.find(({ name }) => name === client)!;
    tables.forEach((table, index) => {
      const holder = table.get(address);
      if (holder === mac) return;
      const text = `server${index + 1} has ${holder ?? 'nobody'} at ${address}, which ${client} (${mac}) holds`;
      world.held.broken({ kind: 'lost lease', text, about: [address, client] });
    });
  }
}

/** Whom the addresses belong to, by a server's table. */
async function tableOf(world: SimulatedWorld, index: number): Promise<ReadonlyMap<string, string>> {
  const { arguments: found } = await world.command(index, 'lease4-get-all', { subnets: [1] });
  const { leases } = found as { readonly leases: readonly ListedLease[] };
  const held = leases.filter(({ state }) => state === ASSIGNED);
  return new Map(held.map((lease) => [lease['ip-address'], lease['hw-address']]));
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
