/** The relationship: what is refused, what is doubtful, what the mode decides. */
import t from 'tap';
import { checkRefused } from '../fixtures/marked-file.ts';
import {
  AT,
  ha,
  P1,
  P2,
  pair,
  peer,
  peers,
  relationship,
  role,
  warningsOf,
} from '../fixtures/relationship.ts';

const U32 = 'an integer from 0 to 4294967295';

checkRefused({
  'the relationship': [
    [
      relationship('"mode": "hot-standby"', `"peers": [ ${P1}, ${P2} ]`).replace('[ { "mode"', '[ §{ "mode"'),
      `${AT}/this-server-name`,
      'nothing',
      'the name of this server among the peers',
    ],
    [
      relationship('"this-server-name": §" "', '"mode": "hot-standby"', `"peers": [ ${P1}, ${P2} ]`),
      `${AT}/this-server-name`,
      '" "',
      'a string that is not blank',
    ],
    [
      relationship('"this-server-name": §"c"', '"mode": "hot-standby"', `"peers": [ ${P1}, ${P2} ]`),
      `${AT}/this-server-name`,
      '"c"',
      'the name of a peer: "a", "b"',
    ],
    [
      relationship('"this-server-name": "a"', `"peers": [ ${P1}, ${P2} ]`).replace('[ { "this', '[ §{ "this'),
      `${AT}/mode`,
      'nothing',
      'one of "load-balancing", "hot-standby", "passive-backup"',
    ],
    [
      relationship('"this-server-name": "a"', '"mode": §"active"', `"peers": [ ${P1}, ${P2} ]`),
      `${AT}/mode`,
      '"active"',
      'one of "load-balancing", "hot-standby", "passive-backup"',
    ],
    [
      relationship('"this-server-name": "a"', '"mode": "hot-standby"').replace('[ { "this', '[ §{ "this'),
      `${AT}/peers`,
      'nothing',
      'a list',
    ],
    [pair('"heartbeat-delay": §-1'), `${AT}/heartbeat-delay`, '-1', U32],
    [pair('"max-response-delay": §4294967296'), `${AT}/max-response-delay`, '4294967296', U32],
    [pair('"max-ack-delay": §"10000"'), `${AT}/max-ack-delay`, '"10000"', U32],
    [pair('"max-unacked-clients": §1.5'), `${AT}/max-unacked-clients`, '1.5', U32],
    [pair('"max-rejected-lease-updates": §null'), `${AT}/max-rejected-lease-updates`, 'null', U32],
    [pair('"delayed-updates-limit": §1'), `${AT}/delayed-updates-limit`, '1', '0 in mode "hot-standby"'],
    [pair('"wait-backup-ack": §true'), `${AT}/wait-backup-ack`, 'true', 'false in mode "hot-standby"'],
    [pair('"sync-page-limit": §0'), `${AT}/sync-page-limit`, '0', 'an integer from 1 to 4294967295'],
    [pair('"sync-timeout": §-5'), `${AT}/sync-timeout`, '-5', U32],
    [pair('"send-lease-updates": §1'), `${AT}/send-lease-updates`, '1', 'true or false'],
    [pair('"require-client-certs": §"no"'), `${AT}/require-client-certs`, '"no"', 'true or false'],
    [pair('"multi-threading": §true'), `${AT}/multi-threading`, 'true', 'a map'],
    [
      pair('"multi-threading": { "http-listener-threads": §-1 }'),
      `${AT}/multi-threading/http-listener-threads`,
      '-1',
      U32,
    ],
    [pair('"state-machine": §[]'), `${AT}/state-machine`, 'an empty list', 'a map'],
    [pair('"state-machine": §{}'), `${AT}/state-machine/states`, 'nothing', 'a list'],
    [
      pair('"state-machine": { "states": [ { "state": "ready", "pause": §"ever" } ] }'),
      `${AT}/state-machine/states[0]/pause`,
      '"ever"',
      'one of "always", "once", "never"',
    ],
    [
      pair('"state-machine": { "states": [ { "state": "ready" }, { "state": §"ready" } ] }'),
      `${AT}/state-machine/states[1]/state`,
      '"ready" a second time',
      'each state once',
    ],
    [
      pair('"state-machine": { "states": [ { "state": §"unavailable" } ] }'),
      `${AT}/state-machine/states[0]/state`,
      '"unavailable"',
      'one of "waiting", "syncing", "ready", "load-balancing", "hot-standby", "partner-down", "communication-recovery", "in-maintenance", "partner-in-maintenance", "passive-backup", "backup", "terminated"',
    ],
  ],
  roles: [
    [
      peers('hot-standby', P1),
      `${AT}/peers`,
      'no peer with role "standby"',
      'exactly one peer with role "standby" in mode "hot-standby"',
    ],
    [
      peers('hot-standby', P1, P2, role('c', 'standby')),
      `${AT}/peers`,
      '2 peers with role "standby"',
      'exactly one peer with role "standby" in mode "hot-standby"',
    ],
    [
      peers('hot-standby', P1, P2, role('c', 'secondary')),
      `${AT}/peers`,
      '1 peer with role "secondary"',
      'no peer with role "secondary" in mode "hot-standby"',
    ],
    [
      peers('load-balancing', P1),
      `${AT}/peers`,
      'no peer with role "secondary"',
      'exactly one peer with role "secondary" in mode "load-balancing"',
    ],
    [
      peers('load-balancing', P1, role('c', 'secondary'), P2),
      `${AT}/peers`,
      '1 peer with role "standby"',
      'no peer with role "standby" in mode "load-balancing"',
    ],
    [
      peers('passive-backup', role('a', 'backup')),
      `${AT}/peers`,
      'no peer with role "primary"',
      'exactly one peer with role "primary" in mode "passive-backup"',
    ],
    [
      peers('passive-backup', P1, P2),
      `${AT}/peers`,
      '1 peer with role "standby"',
      'no peer with role "standby" in mode "passive-backup"',
    ],
  ],
});

t.test('settings that Kea warns of are warned of', async (t) => {
  t.strictSame(warningsOf(pair('"send-lease-updates": false')), [
    `${AT}: found "send-lease-updates" and "sync-leases" that differ; expected the same value for both`,
    `${AT}/send-lease-updates: found false; expected true, or the partner does not know the leases`,
  ]);
  t.strictSame(warningsOf(pair('"send-lease-updates": false', '"sync-leases": false')), [
    `${AT}/send-lease-updates: found false; expected true, or the partner does not know the leases`,
    `${AT}/sync-leases: found false; expected true, or this server misses the leases of its absence`,
  ]);
  t.strictSame(warningsOf(peer('"auto-failover": false')), [
    `${AT}/peers[0]/auto-failover: found false for this server; expected true, or it does not take over when the partner fails`,
  ]);
  t.strictSame(warningsOf(pair('"multi-threading": { "enable-multi-threading": false }')), [
    `${AT}/multi-threading/enable-multi-threading: found false; expected true as for the server itself`,
  ]);
});

t.test('unknown parameters are warned of, since Kea ignores them', async (t) => {
  t.strictSame(warningsOf(pair('"max-unacked-client": 5')), [
    `${AT}/max-unacked-client: found the unknown key "max-unacked-client"; expected a key of high-availability[], perhaps "max-unacked-clients"`,
  ]);
  t.strictSame(warningsOf(peer('"comment": "x", "user-context": {}')), []);
});

t.test('without threads in the server the relationship has none', async (t) => {
  const single = pair().replace(
    '"hooks-libraries"',
    '"multi-threading": { "enable-multi-threading": false }, "hooks-libraries"',
  );
  t.equal(ha(single).multiThreading.enabled, false);
  t.strictSame(warningsOf(single), []);
});

t.test('passive backup may wait for its backups', async (t) => {
  const config = ha(
    relationship(
      '"this-server-name": "a"',
      '"mode": "passive-backup"',
      `"peers": [ ${P1}, ${role('c', 'backup')} ]`,
      '"wait-backup-ack": true',
    ),
  );
  t.match(config, { waitBackupAck: true, delayedUpdatesLimit: 0, mode: 'passive-backup' });
});
