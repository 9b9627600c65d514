/** Configurations that change while servers run, in some stories: of all servers alike, or of one, so that they differ for a while. */
import { configurationOf } from './configuration.ts';
import type { Family } from './family.ts';
import { drawRareFaults, type Timed } from './moments.ts';
import { Random } from './random.ts';
import type { PairSettings } from './relationship.ts';
import type { SimulatedWorld } from './world.ts';

export type ConfigurationChange =
  | 'shorter leases'
  | 'longer leases'
  | 'a larger pool'
  | 'a smaller pool'
  | 'another subnet';

export interface ConfigurationFault {
  readonly kind: 'configuration';
  readonly servers: readonly number[];
  readonly change: ConfigurationChange;
  /** It is in the file, and a restart reads it again. */
  readonly isWritten: boolean;
}

/** Between two of them on average. */
const EVERY_SEC = 90;
const FOR_SEC = [0.5, 30, 90, 200];
const CHANGES: readonly ConfigurationChange[] = [
  'shorter leases',
  'longer leases',
  'a larger pool',
  'a smaller pool',
  'another subnet',
];
const POOL_CHANGE = 3;
const OTHER_SUBNET_ID = 2;

/** What becomes of the configurations of a story; of most nothing. @param servers those that there are */
export function configurationFaults(
  seed: number,
  hours: number,
  servers: readonly number[],
): Timed<ConfigurationFault>[] {
  const draw = new Random(seed * 15_485_863 + 5);
  return drawRareFaults(draw, { hours, everySec: EVERY_SEC, forSec: FOR_SEC }, () => {
    const change = draw.pick(CHANGES);
    const isOfAll = draw.chance(0.5);
    return {
      kind: 'configuration',
      servers: isOfAll ? servers : [draw.pick(servers)],
      change,
      isWritten: draw.chance(0.7),
    };
  });
}

/** @returns what ends it: the configuration of before is read again */
export async function reconfigure(
  world: SimulatedWorld,
  fault: ConfigurationFault,
  settings: PairSettings,
): Promise<() => Promise<void>> {
  const { servers, isWritten } = fault;
  const { family } = world;
  if (fault.change === 'a smaller pool') world.held.doubt();
  for (const server of servers) {
    const changed = changedConfiguration(family, server + 1, settings, fault);
    world.timeline.note(world.machines[server]!.name, `its configuration gets ${fault.change}`);
    if (isWritten) await reload(world, server, changed);
    else await world.tryCommand(server, 'config-set', changed);
  }
  return async () => {
    for (const server of servers) await reload(world, server, configurationOf(family, server + 1, settings));
  };
}

async function reload(world: SimulatedWorld, server: number, configuration: object): Promise<void> {
  world.machines[server]!.disk.put(world.family.configFile, JSON.stringify(configuration));
  await world.tryCommand(server, 'config-reload');
}

/** @param number of the server, 1... */
function changedConfiguration(
  family: Family,
  number: number,
  settings: PairSettings,
  { change }: ConfigurationFault,
): object {
  const { leaseSec, addresses } = settings;
  switch (change) {
    case 'shorter leases':
      return configurationOf(family, number, { ...settings, leaseSec: Math.ceil(leaseSec / 3) });
    case 'longer leases':
      return configurationOf(family, number, { ...settings, leaseSec: leaseSec * 2 });
    case 'a larger pool':
      return configurationOf(family, number, { ...settings, addresses: addresses + POOL_CHANGE });
    case 'a smaller pool':
      return configurationOf(family, number, { ...settings, addresses: addresses - POOL_CHANGE });
    case 'another subnet':
      return withAnotherSubnet(family, configurationOf(family, number, settings));
  }
}

function withAnotherSubnet(family: Family, configuration: object): object {
  const { root, number, otherSubnet } = family;
  const key = `subnet${number}`;
  const sections = configuration as Readonly<Record<string, Readonly<Record<string, readonly object[]>>>>;
  const subnets = [...sections[root]![key]!, { id: OTHER_SUBNET_ID, subnet: otherSubnet }];
  return { [root]: { ...sections[root], [key]: subnets } };
}
