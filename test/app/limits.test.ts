/** Limits of leases over starts and reloads: the counts come from the leases. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { discover } from '../engine/queries.ts';
import { scratch } from './process.ts';
import { Reloadable } from './reloading.ts';

/** Between two looks at the count of what is dropped. */
const LOOK_MS = 50;
/** Longer than an answer takes on a busy machine. */
const ANSWER_MS = 60_000;
const VENDOR = [[60, [...Buffer.from('phone')]]] as const;

function configured(subnetLimit: number, classLimit: number, library = 'libdhcp_limits.so') {
  return {
    'hooks-libraries': [{ library }, { library: 'libdhcp_lease_cmds.so' }],
    'client-classes': [
      {
        name: 'phone',
        test: "option[60].text == 'phone'",
        'user-context': { limits: { 'address-limit': classLimit } },
      },
    ],
    subnet4: [
      {
        id: 1,
        subnet: '10.0.0.0/16',
        pools: [{ pool: '10.0.0.10 - 10.0.255.250' }],
        relay: { 'ip-addresses': ['127.0.0.1'] },
        'user-context': { limits: { 'address-limit': subnetLimit } },
      },
    ],
  };
}

async function openRelay(t: { teardown: (done: () => void) => void }): Promise<Socket> {
  const relay = createSocket('udp4').bind(0, '127.0.0.1');
  await once(relay, 'listening');
  t.teardown(() => relay.close());
  return relay;
}

/** Whether a client that has no lease is offered one. */
async function isOffered(server: Reloadable, relay: Socket, isPhone: boolean): Promise<boolean> {
  const counter = async (): Promise<unknown> => {
    const name = 'tandem-drop-lease-limit';
    const answer = await server.ask('statistic-get', { name });
    return (answer.arguments as Record<string, [[number]]>)[name]?.[0][0];
  };
  const before = await counter();
  const answer = once(relay, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
  answer.catch(() => {});
  relay.send(discover(99, isPhone ? VENDOR : []), server.port, '127.0.0.1');
  for (;;) {
    const silence = new Promise<'silence'>((resolve) => setTimeout(resolve, LOOK_MS, 'silence'));
    if ((await Promise.race([answer, silence])) !== 'silence') return true;
    if ((await counter()) !== before) return false;
  }
}

function rows(): string {
  const far = Math.floor(Date.now() / 1000) + 3600;
  const context = '{ "ISC": { "client-classes": [ "ALL"&#x2c "phone"&#x2c "UNKNOWN" ] } }';
  const header =
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n';
  return `${header}10.0.0.10,02:00:00:00:00:01,,3600,${far},1,0,0,,0,${context},0
10.0.0.11,02:00:00:00:00:02,,3600,${far},1,0,0,,0,,0\n`;
}

t.test(
  'leases of the file count after a start, with their classes, and again after each reload',
  async (t) => {
    const directory = scratch(t);
    writeFileSync(join(directory, 'leases.csv'), rows());
    const relay = await openRelay(t);
    const server = await Reloadable.start(t, directory, configured(3, 1), undefined, relay.address().port);
    t.notOk(await isOffered(server, relay, true), 'the one phone is there');
    t.ok(await isOffered(server, relay, false));
    await server.reload(configured(2, 2));
    t.notOk(await isOffered(server, relay, false), 'the two leases of the subnet are there');
    await server.reload(configured(3, 2));
    t.ok(await isOffered(server, relay, true));
    await server.ask('lease4-add', {
      'ip-address': '10.0.0.20',
      'hw-address': '02:00:00:00:00:03',
      'subnet-id': 1,
    });
    t.notOk(await isOffered(server, relay, true), 'a lease by a command counts too');
    await server.ask('lease4-del', { 'ip-address': '10.0.0.11' });
    t.ok(await isOffered(server, relay, true));
    const phone = { 'user-context': { ISC: { 'client-classes': ['phone'] } } };
    await server.ask('lease4-update', {
      'ip-address': '10.0.0.20',
      'hw-address': '02:00:00:00:00:03',
      'subnet-id': 1,
      ...phone,
    });
    t.notOk(await isOffered(server, relay, true), 'with the classes that it says it has');
    await server.reload(configured(0, 0, 'libdhcp_stat_cmds.so'));
    t.ok(await isOffered(server, relay, true), 'without the library there is no limit');
  },
);
