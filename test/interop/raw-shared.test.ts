/** Several threads share the raw sockets of an interface: every query is answered once, by broadcast and by a relay. */

import { join } from 'node:path';
import t from 'tap';
import { needRootAnd } from '../support/need.ts';
import { captureReplies } from './capture.ts';
import { temporaryDirectory } from './leftovers.ts';
import { lossesOf } from './losses.ts';
import { createNetwork } from './network.ts';
import { perfdhcp, queriesOf } from './perfdhcp.ts';
import { createServer } from './server.ts';

/** Of 1,200 and as many requests, where perfdhcp reads all that it is sent. */
const MOST = 1000;

t.test(
  'four threads on one interface, perfdhcp by broadcast and as a relay: one answer a query',
  async (t) => {
    if (!needRootAnd(t, ['ip', 'perfdhcp', 'tcpdump'])) return;
    const directory = temporaryDirectory(t);
    const network = createNetwork(t, {
      lan: { server1: { address: '10.64.0.1/12' }, load: { address: '10.64.0.9/12' } },
    });
    const server = createServer(network, 'tandem', {
      name: 'server1',
      directory,
      mode: null,
      dhcp4: {
        'interfaces-config': { interfaces: ['lan'] },
        'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': 4 },
        subnet4: [{ id: 1, subnet: '10.64.0.0/12', pools: [{ pool: '10.65.0.0 - 10.66.255.255' }] }],
      },
    });
    await server.start();
    await server.logs(/"shards":4/);
    const capture = await captureReplies(network, 'server1', 'lan', join(directory, 'replies.pcap'));
    const plan = { local: 'lan', rate: 300, seconds: 4, clients: 60_000 };
    const broadcast = await perfdhcp(network, 'load', { ...plan, target: 'all' });
    t.ok(queriesOf(broadcast) > MOST, `${queriesOf(broadcast)} queries by broadcast`);
    const relayed = await perfdhcp(network, 'load', {
      ...plan,
      local: '10.64.0.9',
      target: '10.64.0.1',
      firstMac: '00:0c:09:00:00:00',
    });
    t.ok(queriesOf(relayed) > MOST, `${queriesOf(relayed)} queries as a relay`);
    // What the server sends is on the wire; perfdhcp on a busy machine does not read all of it.
    const replies = (await capture.stop()).map(({ type, xid, mac }) => `${type} ${xid} ${mac}`);
    t.equal(new Set(replies).size, replies.length, `${replies.length} answers, none twice`);
    const asked = queriesOf(broadcast) + queriesOf(relayed);
    t.equal(replies.length, asked, `${asked} queries; ${await lossesOf(server)}`);
    t.same(await server.stop(), { code: 0, signal: null });
  },
);
