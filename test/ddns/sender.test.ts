/** The way of requests from the log to a socket: in order, another way after a reload, bounded, and never a reason to stop. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import t from 'tap';
import { systemClock } from '../../src/base/clock.ts';
import { parseIpv4 } from '../../src/base/ipv4.ts';
import { DDNS_DEFAULTS, DDNS_SERVER_DEFAULTS } from '../../src/config/ddns-model.ts';
import { DdnsSender } from '../../src/ddns/sender.ts';
import { allocateStatistics, G, StatisticsWriter } from '../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../src/engine/figures/statistics-reader.ts';
import { allocateDnsLog, DnsLog } from '../../src/engine/names/dns-log.ts';
import { MainDns } from '../../src/engine/names/main-dns.ts';
import { readNamedLease } from '../../src/engine/names/named-lease.ts';
import { allocateChangeLog } from '../../src/lease/change-log.ts';
import { LeaseBook } from '../../src/lease/dhcp4/book.ts';
import { recordOfLease } from '../../src/lease/dhcp4/csv-lease.ts';
import { allocateLeaseTable } from '../../src/lease/dhcp4/layout.ts';
import { allocatePools } from '../../src/lease/pool.ts';

interface Tearing {
  teardown(handler: () => unknown): unknown;
}

async function listening(t: Tearing): Promise<Socket> {
  const socket = createSocket('udp4');
  t.teardown(() => socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

function setUp(t: Tearing, server: Partial<typeof DDNS_SERVER_DEFAULTS>) {
  const memory = allocateDnsLog(1 << 18);
  const book = new LeaseBook({
    table: allocateLeaseTable(64),
    pools: allocatePools([]),
    changes: allocateChangeLog(1 << 18),
  });
  const statistics = allocateStatistics(1, []);
  const logged: string[] = [];
  const sender = new DdnsSender(
    {
      memory,
      statistics: () => new StatisticsWriter(statistics, 0),
      cells: {
        sent: G['tandem-ddns-sent'],
        sendFailed: G['tandem-ddns-send-failed'],
        lost: G['tandem-ddns-lost'],
        notAName: G['tandem-ddns-not-a-name'],
      },
      clock: systemClock,
      log: (id: string) => void logged.push(id),
    },
    { ...DDNS_SERVER_DEFAULTS, enableUpdates: true, ...server },
    () => DDNS_DEFAULTS,
  );
  t.teardown(() => sender.close());
  const dns = new MainDns({
    book,
    log: new DnsLog(memory, readNamedLease),
    find: ({ table }, address: number) => table.findByAddress(address),
    isEnabled: () => true,
  });
  const add = (name: string, last = 1): void => {
    const address = parseIpv4('10.0.0.0')! + last;
    const hwAddress = Uint8Array.of(2, 0, 0, 0, 0, last);
    const times = { validLifetimeSec: 4000, clttSec: systemClock.wallSec() };
    const flags = { fqdnFwd: true, fqdnRev: true };
    const lease = {
      address,
      hwAddress,
      clientId: null,
      subnetId: 1,
      poolId: 0,
      state: 0,
      userContext: '',
    } as const;
    book.table.lock();
    book.write(recordOfLease({ ...lease, ...times, ...flags, hostname: name }), systemClock.wallSec());
    book.table.unlock();
    dns.resend(address);
  };
  const statistic = (name: Parameters<StatisticsReader['global']>[0]): number =>
    new StatisticsReader(statistics).global(name);
  return { sender, add, logged, statistic };
}

async function received(socket: Socket, count: number): Promise<string[]> {
  const names: string[] = [];
  while (names.length < count) {
    const [datagram] = (await once(socket, 'message')) as [Buffer];
    names.push(JSON.parse(datagram.subarray(2).toString()).fqdn);
  }
  return names;
}

t.test('requests arrive in order, and after a change of the configuration elsewhere', async (t) => {
  const first = await listening(t);
  const second = await listening(t);
  const { sender, add, statistic } = setUp(t, { serverPort: first.address().port });
  sender.start();
  const names = Array.from({ length: 20 }, (_, index) => `n${index}.`);
  const arriving = received(first, 20);
  for (const name of names) add(name);
  t.same(await arriving, names);
  sender.use(
    { ...DDNS_SERVER_DEFAULTS, enableUpdates: true, serverPort: second.address().port },
    () => DDNS_DEFAULTS,
  );
  const elsewhere = received(second, 1);
  add('other.');
  t.same(await elsewhere, ['other.']);
  t.ok(statistic('tandem-ddns-sent') >= 20);
});

t.test('what waits at the end is still sent', async (t) => {
  const socket = await listening(t);
  const { sender, add } = setUp(t, { serverPort: socket.address().port });
  const arriving = received(socket, 2);
  add('a.');
  add('b.');
  await sender.close();
  t.same(await arriving, ['a.', 'b.']);
});

t.test('a socket that cannot be opened, and a server that cannot be reached, are said once', async (t) => {
  const { sender, add, logged, statistic } = setUp(t, { senderIp: '192.0.2.1' });
  sender.start();
  for (let i = 0; i < 5; i++) add('a.');
  const wait = async (): Promise<void> => {
    while (statistic('tandem-ddns-send-failed') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await wait();
  t.same(logged, ['TDM_DDNS_SEND_FAILED']);
});

t.test('above max-queue-size requests are lost, counted and said', async (t) => {
  const socket = await listening(t);
  const { sender, add, logged, statistic } = setUp(t, { serverPort: socket.address().port, maxQueueSize: 3 });
  for (let i = 0; i < 10; i++) add(`n${i}.`);
  const arriving = received(socket, 3);
  sender.start();
  t.same(await arriving, ['n0.', 'n1.', 'n2.']);
  t.equal(statistic('tandem-ddns-lost'), 7);
  t.same(logged, ['TDM_DDNS_LOST']);
});

t.test('what is no name is left out and counted', async (t) => {
  const socket = await listening(t);
  const { sender, add, statistic } = setUp(t, { serverPort: socket.address().port });
  add('a..b');
  add('good.', 2);
  const arriving = received(socket, 1);
  sender.start();
  t.same(await arriving, ['good.']);
  t.equal(statistic('tandem-ddns-not-a-name'), 1);
});

t.test('whatever comes back to the socket of the requests, from anybody, changes nothing', async (t) => {
  const server = await listening(t);
  const stranger = await listening(t);
  const { sender, add, logged, statistic } = setUp(t, { serverPort: server.address().port });
  sender.start();
  const first = once(server, 'message') as Promise<[Buffer, { port: number }]>;
  add('first.');
  const [request, { port }] = await first;
  const answers = [
    Buffer.alloc(0),
    request,
    Buffer.from([0xff, 0xff, 0x7b]),
    Buffer.from('\0\x0e{"result":"x"}'),
    Buffer.alloc(65_000, 0x5b),
  ];
  for (let round = 0; round < 400; round++)
    for (const socket of [server, stranger]) socket.send(answers[round % answers.length]!, port, '127.0.0.1');
  const names = Array.from({ length: 20 }, (_, index) => `n${index}.`);
  const arriving = received(server, 20);
  for (const name of names) add(name);
  t.same(await arriving, names);
  t.equal(statistic('tandem-ddns-sent') >= 20, true);
  t.same(logged, []);
});
