/** The harness itself: networks appear, carry packets and vanish; reports and lease files are read right. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { packet } from '../engine/packets.ts';
import { needRootAnd } from '../support/need.ts';
import { Recording } from './capture.ts';
import { findConflicts, findMissing, readLeaseFile } from './lease-files.ts';
import { MOUNT_NAME, temporaryDirectory } from './leftovers.ts';
import { createNetwork, namespaceNames, removeLeftovers } from './network.ts';
import { parsePerfdhcpReport } from './perfdhcp.ts';
import { BEGIN_MS } from './programs.ts';
import { until } from './waiting.ts';

const HEADER =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context';

/** Names of the namespaces that this process has made. */
function ownNamespaces(): string[] {
  return namespaceNames().filter((name) => name.startsWith(`tdm-${process.pid}-`));
}

t.test(
  'hosts of one segment reach each other, a relay host joins two segments, and all vanish',
  async (t) => {
    if (!needRootAnd(t, ['ip'])) return;
    const network = createNetwork(t, {
      left: { a: { address: '10.64.0.1/24', mac: '0a:00:00:00:00:01' }, r: { address: '10.64.0.9/24' } },
      right: { b: { address: '10.65.0.1/24' }, r: { address: '10.65.0.9/24' } },
    });
    // The kernel tells of a carrier a moment after both ends are up.
    for (const shown of [/left@\S+\s+UP\s+10\.64\.0\.9/, /right@\S+\s+UP\s+10\.65\.0\.9/]) {
      await until({ what: `${shown}`, timeoutMs: 10_000 }, async () =>
        shown.exec((await network.run('r', 'ip', ['-4', '-brief', 'address'])).output),
      );
      t.pass(`${shown}`);
    }
    t.match((await network.run('a', 'ip', ['link', 'show', 'left'])).output, /0a:00:00:00:00:01/);
    const neighbour = network.start('r', 'tcpdump', [
      '-i',
      'left',
      '-n',
      '-c',
      '1',
      'arp and host 10.64.0.9',
    ]);
    await neighbour.waitForOutput(/listening/, BEGIN_MS);
    await network.run('a', process.execPath, [
      '-e',
      "const s = require('dgram').createSocket('udp4'); s.send('x', 9, '10.64.0.9', () => s.close())",
    ]);
    t.same(await neighbour.ended, { code: 0, signal: null }, 'the packet crossed the bridge');
    network.start('b', 'sleep', ['1000']);
    network.remove();
    t.same(ownNamespaces(), [], 'of this test: others may run beside it');
  },
);

t.test('a cable joins two hosts, with nothing between them that would flood or filter', async (t) => {
  if (!needRootAnd(t, ['ip'])) return;
  const network = createNetwork(t, {});
  network.connect('cable', { a: { address: '10.64.0.1/24', mac: '0a:00:00:00:00:01' }, b: {} });
  t.match(
    (await network.run('a', 'ip', ['-4', '-brief', 'address'])).output,
    /cable@\S+\s+UP\s+10\.64\.0\.1/,
  );
  t.match((await network.run('a', 'ip', ['link', 'show', 'cable'])).output, /0a:00:00:00:00:01/);
  const station = network.start('b', 'tcpdump', ['-i', 'cable', '-n', '-c', '1', 'arp and host 10.64.0.2']);
  await station.waitForOutput(/listening/, BEGIN_MS);
  await network.run('a', process.execPath, [
    '-e',
    "const s = require('dgram').createSocket('udp4'); s.send('x', 9, '10.64.0.2', () => s.close())",
  ]);
  t.same(await station.ended, { code: 0, signal: null }, 'the packet came out at the other end');
});

t.test('what a killed run left behind is removed by the next one', async (t) => {
  if (!needRootAnd(t, ['ip', 'mount'])) return;
  const ended = spawnSync('true').pid;
  const leftover = `tdm-${ended}-0-lost`;
  // Whoever makes a network removes it, and a test that runs beside this one may do that at once.
  t.equal(spawnSync('ip', ['netns', 'add', leftover]).status, 0);
  removeLeftovers();
  t.notOk(namespaceNames().includes(leftover));

  const directory = join(tmpdir(), `tdm-${ended}-abcdef`);
  mkdirSync(join(directory, MOUNT_NAME), { recursive: true });
  spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', join(directory, MOUNT_NAME)]);
  temporaryDirectory(t);
  t.notOk(existsSync(directory), 'a directory with a disk mounted in it');
});

t.test('a report of perfdhcp is read into numbers', async (t) => {
  const section = (name: string, sent: number, received: number) =>
    [
      `***Statistics for: ${name}***`,
      `sent packets: ${sent}`,
      `received packets: ${received}`,
      `drops: ${sent - received}`,
      `drops ratio: ${(100 * (sent - received)) / sent} %`,
      'orphans: 1\nrejected leases: 2\nnon unique addresses: 3\n',
      received === 0
        ? 'Delay summary unavailable! No packets received.'
        : 'min delay: 0.173 ms\navg delay: 0.830 ms\nmax delay: 9.838 ms\nstd deviation: 1.105 ms',
    ].join('\n');
  const text = `Rate: 399.677 4-way exchanges/second, expected rate: 500\n${section('DISCOVER-OFFER', 2000, 1500)}\n${section('REQUEST-ACK', 1500, 0)}`;
  const report = parsePerfdhcpReport(text);
  t.equal(report.ratePerSec, 399.677);
  t.match(report.discoverOffer, { sent: 2000, received: 1500, drops: 500, dropPercent: 25 });
  t.match(report.discoverOffer, { orphans: 1, rejected: 2, notUnique: 3 });
  t.same(report.discoverOffer.delay, { minMs: 0.173, avgMs: 0.83, maxMs: 9.838, deviationMs: 1.105 });
  t.equal(report.requestAck.delay, null);
  t.throws(() => parsePerfdhcpReport('Rate: 1'), /DISCOVER-OFFER/);
});

t.test(
  'a recording is read as it grows: each record once, and none that is still being written',
  async (t) => {
    const file = join(temporaryDirectory(t), 'replies.pcap');
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    /** At 7.5 s, from 10.64.0.1. */
    const record = (xid: number): Buffer => {
      const frame = Buffer.concat([Buffer.alloc(42), packet({ xid, mac: '0a:00:00:00:00:01' })]);
      frame[14] = 0x45;
      frame.set([10, 64, 0, 1], 26);
      const before = Buffer.alloc(16);
      before.writeUInt32LE(7, 0);
      before.writeUInt32LE(500_000, 4);
      before.writeUInt32LE(frame.length, 8);
      return Buffer.concat([before, frame]);
    };
    writeFileSync(file, header.subarray(0, 20));
    const recording = new Recording(file);
    t.same(recording.replies(), [], 'not even begun');
    appendFileSync(file, header.subarray(20));
    t.same(recording.replies(), []);
    const second = record(2);
    appendFileSync(file, Buffer.concat([record(1), second.subarray(0, 100)]));
    const first = recording.replies().slice();
    const message = { atMs: 7500, server: '10.64.0.1', mac: '0a:00:00:00:00:01', type: 'discover' };
    t.match(first, [{ ...message, xid: 1 }]);
    t.equal(first.length, 1, 'half of a record is none');
    t.equal(recording.replies().length, 1, 'and is not read twice');
    appendFileSync(file, second.subarray(100));
    t.match(
      recording.replies().map(({ xid }) => xid),
      [1, 2],
    );
    t.equal(recording.replies()[0], first[0], 'what was read stays');
    writeFileSync(file, Buffer.alloc(24));
    t.throws(() => new Recording(file).replies(), /is not a pcap file of this machine/);
  },
);

t.test('the checks of lease files find a double address, a lost lease and a torn row', async (t) => {
  const directory = temporaryDirectory(t);
  const file = (name: string, ...rows: string[]): string => {
    const path = join(directory, name);
    writeFileSync(path, [HEADER, ...rows].join('\n'));
    return path;
  };
  const row = (address: string, mac: string, lifetime = 100, state = 0) =>
    `${address},${mac},01:${mac},${lifetime},4000000000,1,0,0,,${state},`;
  file('one.1', row('10.0.0.9', 'aa:00:00:00:00:09'));
  const one = readLeaseFile(
    file('one', row('10.0.0.1', 'aa:00:00:00:00:01'), row('10.0.0.2', 'aa:00:00:00:00:02'), '10.0.0.3,aa'),
  );
  const two = readLeaseFile(
    file(
      'two',
      row('10.0.0.1', 'bb:00:00:00:00:01'),
      row('10.0.0.2', 'bb:00:00:00:00:02', 100, 2),
      row('10.0.0.9', 'aa:00:00:00:00:09'),
      row('10.0.0.9', 'aa:00:00:00:00:09', 0),
    ),
  );
  t.same([...one.leases.keys()], ['10.0.0.9', '10.0.0.1', '10.0.0.2'], 'the older file is read first');
  t.same(one.badRows, ['10.0.0.3,aa']);
  t.same([...two.leases.keys()], ['10.0.0.1', '10.0.0.2'], 'a lifetime of 0 deletes');
  t.same(findConflicts({ one, two }), [
    '10.0.0.1 is 01:aa:00:00:00:00:01 in one, 01:bb:00:00:00:00:01 in two',
  ]);
  const acknowledged = (address: string, mac: string) =>
    new Map([[mac, { atMs: 0, server: 's', type: 'ack', xid: 1, mac, address } as const]]);
  t.same(findMissing(acknowledged('10.0.0.1', 'aa:00:00:00:00:01'), one), []);
  t.equal(
    findMissing(acknowledged('10.0.0.1', 'aa:00:00:00:00:01'), two).length,
    1,
    'held by another client',
  );
  t.equal(findMissing(acknowledged('10.0.0.9', 'aa:00:00:00:00:09'), two).length, 1, 'deleted');
});
