/** What the faults of a plan do to a world, when they begin and when they are over. */
import { disturbClock } from './clock-faults.ts';
import { reconfigure } from './configuration-faults.ts';
import { gather } from './crowd.ts';
import type { PlannedFault } from './plan.ts';
import type { PairSettings } from './relationship.ts';
import { starve } from './thread-faults.ts';
import type { SimulatedWorld } from './world.ts';

/** A process whose end was to come with a call to the disk ends without one after so long. */
const PATIENCE_SEC = 20;
const QUICK_SYNC_US = 200;
/** A server whose disk is new has the leases of its partner after so much normal operation. */
const SETTLED_SEC = 15;

/** @returns what ends it, which may be called later; null = this could not happen just now */
export async function begin(
  world: SimulatedWorld,
  fault: PlannedFault,
  settings: PairSettings,
): Promise<(() => Promise<void>) | null> {
  switch (fault.kind) {
    case 'kill':
      world.crash(fault.server, fault.isPowerFailure);
      return async () => revive(world, fault.server);
    case 'kill at a disk call':
      return killAtDiskCall(world, fault);
    case 'kill both': {
      const { active } = world.relationship;
      await oneByOne(world, fault.apartSec, active, (server) => world.crash(server, fault.isPowerFailure));
      const back = [...active].reverse();
      return () => oneByOne(world, fault.apartSec, back, (server) => revive(world, server));
    }
    case 'lost disk':
      // Whoever loses the only copy of a lease has lost it, whatever the software does.
      if (!world.areNormal(SETTLED_SEC) || world.isAnyBlank || !hasPartner(world, fault.server)) return null;
      world.crash(fault.server, true);
      world.loseDisk(fault.server);
      return async () => revive(world, fault.server);
    case 'partition': {
      const { from, to } = fault;
      const ways = fault.isBothWays
        ? ([
            [from, to],
            [to, from],
          ] as const)
        : ([[from, to]] as const);
      for (const [a, b] of ways) world.cut(a, b, true);
      return async () => {
        for (const [a, b] of ways) world.cut(a, b, false);
      };
    }
    case 'clients cut off':
      world.cutClients(fault.server, true);
      return async () => world.cutClients(fault.server, false);
    case 'disk in trouble':
    case 'slow disk':
      return troubleDisk(world, fault);
    case 'slow link': {
      world.peerDelayUsMax = fault.delayMs * 1000;
      return async () => {
        world.peerDelayUsMax = null;
      };
    }
    case 'clock':
      return disturbClock(world, fault);
    case 'configuration':
      return reconfigure(world, fault, settings);
    case 'crowd':
      return gather(world, fault);
    case 'starved thread':
      return starve(world, fault);
    case 'command':
      return askFor(world, fault);
  }
}

/** @param apartSec from one to the next */
async function oneByOne(
  world: SimulatedWorld,
  apartSec: number,
  servers: readonly number[],
  action: (server: number) => void,
): Promise<void> {
  for (const [at, server] of servers.entries()) {
    if (at > 0) await world.run(apartSec);
    action(server);
  }
}

function hasPartner({ relationship: { active } }: SimulatedWorld, server: number): boolean {
  return !active.includes(server) || active.length > 1;
}

function revive(world: SimulatedWorld, server: number): void {
  if (!world.machines[server]!.isRunning) world.boot(server);
}

async function killAtDiskCall(
  world: SimulatedWorld,
  fault: PlannedFault & { readonly kind: 'kill at a disk call' },
): Promise<(() => Promise<void>) | null> {
  const { server, isPowerFailure, calls } = fault;
  const machine = world.machines[server]!;
  if (!machine.isRunning) return null;
  const { life } = machine;
  machine.doom = { calls, end: () => world.crash(server, isPowerFailure) };
  for (let waitedSec = 0; waitedSec < PATIENCE_SEC && machine.life === life; waitedSec++) await world.run(1);
  if (machine.life === life) world.crash(server, isPowerFailure);
  return async () => revive(world, server);
}

function troubleDisk(
  world: SimulatedWorld,
  fault: PlannedFault & { readonly kind: 'disk in trouble' | 'slow disk' },
): () => Promise<void> {
  const { name, disk } = world.machines[fault.server]!;
  if (fault.kind === 'slow disk') disk.syncUsMax = fault.syncMs * 1000;
  else disk.trouble = fault.trouble;
  world.timeline.note(
    name,
    `disk: ${fault.kind === 'slow disk' ? `slow, ${fault.syncMs} ms` : fault.trouble}`,
  );
  return async () => {
    disk.syncUsMax = QUICK_SYNC_US;
    disk.trouble = 'none';
    world.timeline.note(name, 'disk: well');
  };
}

async function askFor(
  world: SimulatedWorld,
  fault: PlannedFault & { readonly kind: 'command' },
): Promise<() => Promise<void>> {
  const { server, command, source } = fault;
  const args = command === 'ha-sync' ? { 'server-name': world.machines[source]!.name } : undefined;
  // Also what has failed may have been done.
  await world.tryCommand(server, command, args);
  const undoing = UNDOING[command];
  return async () => {
    if (undoing !== undefined) await world.tryCommand(server, undoing);
    if (command === 'ha-maintenance-start') restartMaintained(world);
  };
}

/** Who was told of a maintenance and not of its end stays so until it is started anew, as administrators know. */
function restartMaintained(world: SimulatedWorld): void {
  world.knowledge.states.forEach((state, server) => {
    if (state !== 'in-maintenance') return;
    world.crash(server, false);
    world.boot(server);
  });
}

/** A maintenance that was heard of when it was over is ended. */
export async function endMaintenance(world: SimulatedWorld): Promise<void> {
  for (const [server, state] of world.knowledge.states.entries())
    if (state === 'partner-in-maintenance') await world.tryCommand(server, 'ha-maintenance-cancel');
  restartMaintained(world);
}

const UNDOING: Readonly<Record<string, string>> = {
  'ha-maintenance-start': 'ha-maintenance-cancel',
  'dhcp-disable': 'dhcp-enable',
};
