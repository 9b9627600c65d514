/** What must hold of backups: they follow those who give leases, can be made whole by a command, and can stand in for them. */
import { judgeHeld } from './judge.ts';
import type { SimulatedWorld } from './world.ts';

const PATIENCE_SEC = 60;

/** Whatever a client was told of has reached the backups, unless it is known to be lost. */
export function judgeFollowing({ backups, held }: SimulatedWorld): void {
  const current = new Set(held.current().map(({ owner, address }) => `${owner} ${address}`));
  for (const { text, address } of backups.overdue((owner, at) => current.has(`${owner} ${at}`)))
    held.broken({ kind: 'a backup lacks a lease', text, about: [address] });
}

/** An administrator has backups fetch what they may lack; then each of them has every lease. Pre: the servers work normally. */
export async function completeBackups(world: SimulatedWorld): Promise<void> {
  const { relationship, backups, machines, held } = world;
  const source = machines[relationship.active[0]!]!.name;
  for (const index of relationship.backups) {
    if (!backups.isIncomplete(index)) continue;
    for (let waitedSec = 0; waitedSec < PATIENCE_SEC && !world.listens(index); waitedSec++)
      await world.run(1);
    if (await world.tryCommand(index, 'ha-sync', { 'server-name': source })) continue;
    held.broken({ kind: 'not complete', text: `${machines[index]!.name} cannot synchronize`, about: [] });
  }
  if (world.areNormal(0)) await judgeHeld(world, relationship.backups);
}

/** The backup that is to stand in has every lease but those that it may lack. */
export async function judgeHeir(world: SimulatedWorld, heir: number): Promise<void> {
  await judgeHeld(world, [heir], (_, { address, owner, atUs }) =>
    world.backups.mayLack(heir, address, owner, atUs),
  );
}
