/** The DUID of a server: by the configuration, by the file, or made up, in this order part by part. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { type HardwareLink, ServerId } from '../../../src/app/dhcp6/server-id.ts';
import type { ServerIdConfig } from '../../../src/config/dhcp6/model.ts';
import { scratch } from '../process.ts';

const OPEN: ServerIdConfig = {
  type: 'LLT',
  htype: 0,
  identifier: new Uint8Array(0),
  time: 0,
  enterpriseId: 0,
  persist: true,
};
/** 2026-11-20, of which 848,530,136 seconds since 2000 are 32:93:84:d8. */
const clock = { wallSec: () => 946_684_800 + 0x329384d8 };
const loopback: HardwareLink = { hardwareType: 772, hardwareAddress: Buffer.alloc(6), isLoopback: true };
const tunnel: HardwareLink = { hardwareType: 776, hardwareAddress: Buffer.alloc(16), isLoopback: false };
const ethernet: HardwareLink = {
  hardwareType: 1,
  hardwareAddress: Buffer.from('0a0000000007', 'hex'),
  isLoopback: false,
};
const LINKS = [loopback, tunnel, ethernet];

/** @param path of the file that it is kept in */
function settings(serverId: ServerIdConfig, path: string) {
  return { serverId, leaseDatabase: { path: join(dirname(path), 'leases6.csv') } };
}

function serverIdOf(config: ServerIdConfig, path: string, links: readonly HardwareLink[]): Uint8Array {
  const id = new ServerId(() => links, clock);
  id.prepare(settings(config, path)).commit();
  return id.octets;
}

function hex(duid: Uint8Array): string {
  return Buffer.from(duid).toString('hex');
}

t.test('each type, with what the file has of the same type', async (t) => {
  const cases: readonly [what: string, stored: string, config: Partial<ServerIdConfig>, made: string][] = [
    ['made up of time and hardware', '', {}, '00010001329384d80a0000000007'],
    ['as stored', '00:01:00:06:00:00:00:05:0a:0b:0c:0d:0e:0f', {}, '00010006000000050a0b0c0d0e0f'],
    ['its time', '00:01:00:06:00:00:00:05:0a:0b:0c:0d:0e:0f', { time: 9 }, '00010006000000090a0b0c0d0e0f'],
    ['its hardware', '', { htype: 8, identifier: Buffer.from('aabb', 'hex') }, '00010008329384d8aabb'],
    ['another type than stored', '00:02:00:00:00:01:0a:0b', {}, '00010001329384d80a0000000007'],
    ['LL', '', { type: 'LL' }, '000300010a0000000007'],
    ['LL as stored', '00:03:00:06:0a:0b:0c', { type: 'LL' }, '000300060a0b0c'],
    ['EN as stored', '00:02:00:00:00:01:0a:0b', { type: 'EN' }, '0002000000010a0b'],
    [
      'EN of another enterprise',
      '00:02:00:00:00:01:0a:0b',
      { type: 'EN', enterpriseId: 9 },
      '0002000000090a0b',
    ],
  ];
  for (const [what, stored, config, made] of cases) {
    const path = join(scratch(t), 'kea-dhcp6-serverid');
    if (stored !== '') writeFileSync(path, `${stored}\n`);
    t.equal(hex(serverIdOf({ ...OPEN, ...config }, path, LINKS)), made, what);
    t.equal(readFileSync(path, 'latin1').trim().replaceAll(':', ''), made, `${what}: kept`);
  }
});

t.test('an enterprise identifier is made up once', async (t) => {
  const path = join(scratch(t), 'kea-dhcp6-serverid');
  const first = hex(serverIdOf({ ...OPEN, type: 'EN' }, path, []));
  t.match(first, /^0002000009bf[0-9a-f]{12}$/);
  t.equal(hex(serverIdOf({ ...OPEN, type: 'EN' }, path, [])), first);
});

t.test('what is not to persist is not written, and what cannot be read or written is an error', async (t) => {
  const directory = scratch(t);
  const path = join(directory, 'kea-dhcp6-serverid');
  serverIdOf({ ...OPEN, persist: false }, path, LINKS);
  t.notOk(existsSync(path));
  writeFileSync(path, '00:00:00');
  t.throws(() => serverIdOf(OPEN, path, LINKS), /holds no DUID/);
  mkdirSync(join(directory, 'sub', 'kea-dhcp6-serverid'), { recursive: true });
  t.throws(
    () => serverIdOf(OPEN, join(directory, 'sub', 'kea-dhcp6-serverid'), LINKS),
    /cannot read the server's DUID from/,
  );
  t.throws(() => serverIdOf(OPEN, join(directory, 'none', 'id'), LINKS), /make the directory writable/);
});

t.test(
  'another configuration: what was in force is known where there is no file, and comes back',
  async (t) => {
    const [one, two] = [scratch(t), scratch(t)];
    const [here, there] = [join(one, 'kea-dhcp6-serverid'), join(two, 'kea-dhcp6-serverid')];
    let nowSec = clock.wallSec();
    const id = new ServerId(() => LINKS, { wallSec: () => nowSec });
    id.prepare(settings(OPEN, here)).commit();
    const first = hex(id.octets);
    nowSec += 1000;
    id.prepare(settings(OPEN, there)).commit();
    t.equal(hex(id.octets), first, 'the same in another directory');
    t.equal(readFileSync(there, 'latin1').replaceAll(':', ''), first, 'and kept there');

    const change = id.prepare(settings({ ...OPEN, time: 9 }, there));
    t.equal(hex(id.octets), first, 'until the change is in force');
    await change.abandon();
    t.equal(readFileSync(there, 'latin1').replaceAll(':', ''), first, 'given up: as it was');
    id.prepare(settings({ ...OPEN, time: 9 }, there)).commit();
    t.equal(hex(id.octets), '00010001000000090a0000000007');
    const three = join(scratch(t), 'kea-dhcp6-serverid');
    await id.prepare(settings(OPEN, three)).abandon();
    t.notOk(existsSync(three), 'a file that was not there is not there again');
  },
);
