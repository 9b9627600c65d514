/** A reload goes over from raw sockets to UDP sockets and back while clients ask: each query is answered, and answered once. */
import { join } from 'node:path';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { ALL_MESSAGES, type CapturedReply, captureReplies } from './capture.ts';
import { temporaryDirectory } from './leftovers.ts';
import { createNetwork } from './network.ts';
import { describeReport, startPerfdhcp } from './perfdhcp.ts';
import { createServer } from './server.ts';

const LAN = { server1: { address: '10.64.0.1/12' }, load: { address: '10.64.0.9/12' } };
const ROUNDS = 8;
const LOAD = { rate: 1000, seconds: 8, clients: 60_000 };
const WAYS = {
  'as a relay': { local: '10.64.0.9', target: '10.64.0.1' },
  'by broadcast': { local: 'lan', target: 'all' },
} as const;

/** How many answers each query got, as "discover: 1" with the number of such queries. */
function fates(messages: readonly CapturedReply[]): Record<string, number> {
  const answers = new Map<string, number>();
  for (const { type, xid, mac } of messages) {
    if (type !== 'offer' && type !== 'ack' && type !== 'nak') continue;
    const query = `${type === 'offer' ? 'discover' : 'request'} ${xid} ${mac}`;
    answers.set(query, (answers.get(query) ?? 0) + 1);
  }
  const fates: Record<string, number> = {};
  for (const { type, xid, mac } of messages) {
    if (type !== 'discover' && type !== 'request') continue;
    const fate = `${type}: ${answers.get(`${type} ${xid} ${mac}`) ?? 0}`;
    fates[fate] = (fates[fate] ?? 0) + 1;
  }
  return fates;
}

for (const [way, plan] of Object.entries(WAYS))
  for (const threads of [1, 3])
    t.test(`raw to udp and back under load ${way}, ${threads} threads: one answer a query`, async (t) => {
      if (!needRootAnd(t, ['ip', 'perfdhcp', 'tcpdump'])) return;
      const directory = temporaryDirectory(t);
      const network = createNetwork(t, { lan: LAN });
      const server = createServer(network, 'tandem', {
        name: 'server1',
        directory,
        mode: null,
        dhcp4: {
          'interfaces-config': { interfaces: ['lan'], 'dhcp-socket-type': 'raw' },
          'multi-threading': { 'enable-multi-threading': threads > 1, 'thread-pool-size': threads },
          subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.66.255.255' }] }],
        },
      });
      await server.start();
      const { Dhcp4 } = (await server.command('config-get')).arguments as { Dhcp4: Record<string, unknown> };
      const file = join(directory, 'messages.pcap');
      const capture = await captureReplies(network, 'server1', 'lan', file, { filter: ALL_MESSAGES });
      const load = startPerfdhcp(network, 'load', { ...LOAD, ...plan });
      for (let round = 0; round < ROUNDS; round++) {
        const type = round % 2 === 0 ? 'udp' : 'raw';
        const interfaces = { interfaces: ['lan'], 'dhcp-socket-type': type };
        const args = { Dhcp4: { ...Dhcp4, 'interfaces-config': interfaces } };
        t.equal((await server.command('config-set', args)).result, 0, `to ${type}`);
      }
      t.ok(load.program.isRunning(), 'clients asked all the time');
      t.comment(describeReport(await load.report));
      const { 'discover: 1': offered, 'request: 1': acknowledged, ...others } = fates(await capture.stop());
      t.comment(`${offered} DISCOVERs and ${acknowledged} REQUESTs were answered once`);
      t.same(others, {}, 'none got no answer, and none two');
      t.ok(Number(offered) > 1000 && Number(acknowledged) > 1000);
      const { arguments: statistics } = await server.command('statistic-get-all');
      const drops = Object.entries(statistics as Record<string, [number, string][]>)
        .filter(([name]) => name.startsWith('tandem-drop'))
        .map(([name, [sample]]) => [name, sample?.[0]])
        .filter(([, value]) => value !== 0);
      t.same(drops, []);
      t.same(await server.stop(), { code: 0, signal: null });
    });
