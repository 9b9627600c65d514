/** The machine loses its power under load, and in the middle of clean-ups: every acknowledged lease is on the disk. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { findFreeUdpPort } from '../../src/demo/ports.ts';
import { SUBNET } from '../app/hot-standby-pair.ts';
import { type ServerUnderTest, scratch, serve, writeConfig } from '../app/process.ts';
import { RELAY, SERVER } from '../app/reloading.ts';
import { leaseFileOf, until } from '../app/synchronizing.ts';
import { CrashClients } from '../crash/crash-clients.ts';
import { RELAYS } from '../crash/crashing-pair.ts';
import { missingFrom } from '../crash/witness.ts';
import { missing, needRootAnd } from '../support/need.ts';
import { numbersFrom } from '../support/numbers.ts';
import { PowerDisk } from './power-disk.ts';

t.setTimeout(170_000);

const CUTS = 4;
/** Acknowledgements before each cut. */
const SERVED = 150;
/** Then it comes within so long. */
const MOMENT_MS_MAX = 400;

/** @returns the acknowledged leases that were not on the disk, of all cuts */
async function cutAgainAndAgain(
  t: Test,
  disk: PowerDisk,
  cuts: number,
  tandem: Record<string, unknown>,
): Promise<number> {
  const chance = numbersFrom(12);
  const file = writeConfig(scratch(t), {
    'lease-database': { type: 'memfile', name: join(disk.directory, 'leases.csv'), 'lfc-interval': 1 },
    subnet4: [{ ...SUBNET, relay: { 'ip-addresses': RELAYS } }],
    'user-context': { tandem },
  });
  const port = await findFreeUdpPort(SERVER);
  const relayPort = await findFreeUdpPort(RELAY);
  const begin = (): Promise<ServerUnderTest> => serve(t, file, port, ['-P', `${relayPort}`]);
  let server = await begin();
  const clients = await CrashClients.start([port], relayPort);
  t.teardown(() => clients.stop());
  let lost = 0;
  for (let cut = 0; cut < cuts; cut++) {
    const before = clients.served;
    await until('served', () => clients.served >= before + SERVED);
    await sleep(chance(MOMENT_MS_MAX));
    disk.cutPower();
    await server.stop('SIGKILL');
    await clients.pause(0);
    disk.restore();
    lost += missingFrom(leaseFileOf(disk.directory), clients.held(Date.now() / 1000)).length;
    server = await begin();
    t.match(
      server.log.find(({ id }) => id === 'TDM_JOURNAL_LOADED'),
      { rowErrors: 0 },
      `${clients.served} acknowledgements`,
    );
    clients.resume();
  }
  await server.stop('SIGKILL');
  return lost;
}

/** @returns null, and the test is skipped, where there can be no such disk */
function diskOf(t: Test): PowerDisk | null {
  if (!needRootAnd(t, ['mkfs.ext4', 'mount', 'umount'])) return null;
  try {
    return new PowerDisk(t);
  } catch (error) {
    missing(t, `needs loop devices: ${String(error)}`);
    return null;
  }
}

t.test('no acknowledged lease is lost with the power', async (t) => {
  const disk = diskOf(t);
  if (disk !== null) t.equal(await cutAgainAndAgain(t, disk, CUTS, {}), 0);
});

t.test('without fdatasync they are, which shows that the power is really cut', async (t) => {
  const disk = diskOf(t);
  if (disk !== null) t.ok((await cutAgainAndAgain(t, disk, 1, { fdatasync: false })) > 0);
});
