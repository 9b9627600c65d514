/** A stop at any moment of a start, a clean-up or a reload: in order, without an error, and nothing is lost. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freeUdpPort, ServerUnderTest, scratch, serve, writeConfig } from './process.ts';

/** As Kea before 2.3 wrote it: 11 columns, which a start puts in order by a clean-up. */
const OLD_HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n';
/** So many that the clean-up takes a while. */
const LEASES = 20_000;
/** Said of a disk that others keep busy for seconds, which is no error of a stop. */
const SLOW_DISK = 'TDM_JOURNAL_STALLED';
const OLD_FILE = OLD_HEADER + Array.from({ length: LEASES }, (_, n) => oldRow(n)).join('');

function oldRow(n: number): string {
  const [high, low] = [n >> 8, n & 255];
  const hex = (octet: number): string => octet.toString(16).padStart(2, '0');
  return `10.0.${high}.${low},02:00:00:00:${hex(high)}:${hex(low)},,4000000000,4100000000,1,0,0,,0,\n`;
}

/** Starts a server on an old lease file, does `when` with it, and sees how it ends by SIGTERM. */
async function stopped(directory: string, when: (server: ServerUnderTest) => Promise<unknown>) {
  const server = new ServerUnderTest(['serve', '-c', writeConfig(directory), '-p', `${freeUdpPort()}`]);
  await when(server);
  const code = await server.stop();
  await server.logged('TDM_ENGINE_STOPPED');
  const errors = server.log.filter(
    ({ id, level }) => (level === 'error' || level === 'fatal') && id !== SLOW_DISK,
  );
  return { code, errors };
}

const MOMENTS: Readonly<Record<string, (server: ServerUnderTest) => Promise<unknown>>> = {
  'when the start begins': (server) => server.logged('TDM_ENGINE_STARTING'),
  'when the lease file is loaded': (server) => server.logged('TDM_JOURNAL_LOADED'),
  'when the clean-up has started': (server) => server.logged('TDM_JOURNAL_CLEANUP_STARTED'),
  'when it serves': (server) => server.logged('TDM_ENGINE_SERVING'),
  'when the clean-up is done': (server) => server.logged('TDM_JOURNAL_CLEANUP_DONE'),
  'when a reload has begun': async (server) => {
    await server.logged('TDM_ENGINE_SERVING');
    server.child.kill('SIGHUP');
  },
  'when it was told twice': async (server) => {
    await server.logged('TDM_ENGINE_SERVING');
    server.child.kill('SIGTERM');
  },
  'when a reload was asked for before it serves': async (server) => {
    await server.logged('TDM_ENGINE_STARTING');
    server.child.kill('SIGHUP');
  },
};

for (const [moment, when] of Object.entries(MOMENTS)) {
  t.test(`a stop ${moment} is no error and loses no lease`, async (t) => {
    const directory = scratch(t);
    writeFileSync(join(directory, 'leases.csv'), OLD_FILE);
    const { code, errors } = await stopped(directory, when);
    t.equal(code, 0);
    t.same(errors, []);
    t.notOk(existsSync(join(directory, 'ctl')), 'the control socket is gone');
    const next = await serve(t, writeConfig(directory), freeUdpPort());
    t.match(await next.logged('TDM_ENGINE_SERVING'), { leases: LEASES });
  });
}
