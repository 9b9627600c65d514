import t from 'tap';
import { KEA_2 } from '../../bench/kea.ts';
import { checkDocument } from '../../src/config/load.ts';
import { LOOPBACK, type PairSettings, pairConfig, poolOf, singleConfig } from '../../src/demo/pair-config.ts';

const TIMING = { heartbeatDelayMs: 500, maxResponseDelayMs: 1500, maxAckDelayMs: 400, maxUnackedClients: 4 };

function settings(mode: PairSettings['mode']): PairSettings {
  return {
    mode,
    members: [
      {
        name: 'server1',
        identifier: '127.0.0.1',
        peerPort: 1001,
        controlPort: 1002,
        leaseFile: '/tmp/one.csv',
        place: LOOPBACK,
        tls: null,
      },
      {
        name: 'server2',
        identifier: '127.0.0.2',
        peerPort: 2001,
        controlPort: 2002,
        leaseFile: '/tmp/two.csv',
        place: LOOPBACK,
        tls: null,
      },
    ],
    relayAddress: '127.0.0.3',
    poolSize: 65_536,
    leaseTimeSec: 7200,
    timing: TIMING,
  };
}

for (const mode of ['load-balancing', 'hot-standby'] as const) {
  t.test(`a ${mode} pair's configurations are accepted without a warning`, async (t) => {
    for (const index of [0, 1] as const) {
      const result = checkDocument(pairConfig(settings(mode), index));
      t.same(result.warnings, []);
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      const { relationships, subnets } = result.config;
      const [ha] = relationships;
      t.equal(ha?.thisServerName, `server${index + 1}`);
      t.equal(ha?.mode, mode);
      t.match(ha, TIMING);
      t.same(subnets[0]?.relayAddresses, [0x7f000003]);
    }
  });
}

t.test(
  'in load-balancing each server has a pool of its own, in hot-standby both pools are open',
  async (t) => {
    const classesOf = (mode: PairSettings['mode']): unknown => {
      const result = checkDocument(pairConfig(settings(mode), 0));
      return result.ok ? result.config.subnets[0]?.pools.map((pool) => pool.clientClasses) : result.problems;
    };
    t.same(classesOf('load-balancing'), [['HA_server1'], ['HA_server2']]);
    t.same(classesOf('hot-standby'), [[], []]);
  },
);

t.test('pools of one size lie one behind the other', async (t) => {
  t.same(poolOf(0, 256), { pool: '10.1.0.0 - 10.1.0.255' });
  t.same(poolOf(1, 256, 'HA_x'), { pool: '10.1.1.0 - 10.1.1.255', 'client-class': 'HA_x' });
});

t.test('a server without a partner has no high availability', async (t) => {
  const [member] = settings('hot-standby').members;
  const result = checkDocument(
    singleConfig({ ...member, relayAddress: '127.0.0.3', leaseTimeSec: 60, pools: [poolOf(0, 256)] }),
  );
  t.equal(result.ok && result.config.relationships.length, 0);
});

t.test('for Kea 2.2 the same configuration loses what it does not know', async (t) => {
  const adapted = KEA_2.adapt(pairConfig(settings('hot-standby'), 0));
  t.match(adapted, { Dhcp4: { 'multi-threading': { 'enable-multi-threading': true } } });
  t.notOk('Dhcp4' in adapted && 'control-sockets' in adapted.Dhcp4);
});
