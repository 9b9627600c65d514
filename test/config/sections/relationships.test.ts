/** What the relationships and the rest of the configuration owe each other. */
import t from 'tap';
import { loadBalancing } from '../fixtures/examples.ts';
import { findProblems } from '../fixtures/marked-file.ts';
import { branch, hub, pair, warningsOf } from '../fixtures/relationship.ts';

t.test('a listener may not have the port of a control socket', async (t) => {
  for (const address of ['192.0.2.1', '0.0.0.0', '::']) {
    const sockets = `"control-sockets": [ { "socket-type": "http", "socket-port": 8001, "socket-address": "${address}" } ]`;
    const text = pair().replace('"hooks-libraries"', `${sockets}, "hooks-libraries"`);
    t.match(findProblems(text), 'found port 8001, which a control socket has');
    const single = text.replace('"peers"', '"multi-threading": { "enable-multi-threading": false }, "peers"');
    t.match(findProblems(single), 'found port 8001, which a control socket has');
    const shared = text.replace(
      '"peers"',
      '"multi-threading": { "http-dedicated-listener": false }, "peers"',
    );
    t.equal(findProblems(shared), 'no problem', 'without a listener the control socket serves the peers');
  }
});

t.test('a partner cannot be where this server listens', async (t) => {
  t.match(
    findProblems(pair().replace('192.0.2.2', '192.0.2.1')),
    'found 192.0.2.1 port 8001, which another peer has; expected a port of its own',
  );
});

t.test('load-balancing over pools that both servers use is warned of once', async (t) => {
  const open = loadBalancing
    .replace(', "client-class": "HA_north"', '')
    .replace(', "client-classes": [ "HA_south" ]', '');
  t.match(warningsOf(open), [/found "load-balancing" with 2 pools open to both servers/]);
  t.strictSame(warningsOf(loadBalancing), []);
});

t.test('two relationships may not listen at the same place', async (t) => {
  t.match(
    findProblems(hub(branch('a', 8001), branch('b', 8001))),
    'found port 8001, which another relationship has; expected a port of its own',
  );
  t.equal(findProblems(hub(branch('a', 8001), branch('b', 8002))), 'no problem');
});

t.test('[scenario 50] a hub has hot-standby relationships only, and no name twice', async (t) => {
  const balanced = branch('b', 8002)
    .replaceAll('hot-standby', 'load-balancing')
    .replace('standby', 'secondary');
  t.match(
    findProblems(hub(branch('a', 8001), balanced)),
    'found "load-balancing"; expected "hot-standby" in each',
  );
  t.match(
    findProblems(hub(branch('a', 8001), branch('b', 8002).replace('branch-b', 'branch-a'))),
    'found "branch-a"; expected a name that no peer of another relationship has',
  );
});

t.test('on a hub a subnet without a relationship is warned of', async (t) => {
  const subnets = (...names: readonly string[]): string =>
    hub(branch('a', 8001), branch('b', 8002)).replace(
      '"hooks-libraries"',
      `"subnet4": [ ${names.map((name, i) => `{ "id": ${i + 1}, "subnet": "10.0.${i}.0/24"${name} }`)} ], "hooks-libraries"`,
    );
  const of = (name: string): string => `, "user-context": { "ha-server-name": "${name}" }`;
  t.match(warningsOf(subnets(of('branch-a'), '', of('nobody'))), [/subnet 2 and 1 more/]);
  t.strictSame(warningsOf(subnets(of('branch-a'), of('hub-b'))), []);
  t.match(
    findProblems(subnets(', "user-context": { "ha-server-name": "" }')),
    'found ""; expected the name of a server of a relationship',
  );
  t.match(findProblems(subnets(', "user-context": { "ha-server-name": 5 }')), 'found 5');
});
