/** What the relationship and the rest of the configuration owe each other. */
import t from 'tap';
import { loadBalancing } from '../fixtures/examples.ts';
import { findProblems } from '../fixtures/marked-file.ts';
import { pair, warningsOf } from '../fixtures/relationship.ts';

t.test('a listener may not have the port of a control socket', async (t) => {
  for (const address of ['192.0.2.1', '0.0.0.0', '::']) {
    const sockets = `"control-sockets": [ { "socket-type": "http", "socket-port": 8001, "socket-address": "${address}" } ]`;
    const text = pair().replace('"hooks-libraries"', `${sockets}, "hooks-libraries"`);
    t.match(findProblems(text), 'found port 8001, which a control socket has');
    const shared = text.replace(
      '"peers"',
      '"multi-threading": { "http-dedicated-listener": false }, "peers"',
    );
    t.equal(findProblems(shared), 'no problem', 'without a listener the control socket serves the peers');
  }
});

t.test('load-balancing over pools that both servers use is warned of once', async (t) => {
  const open = loadBalancing
    .replace(', "client-class": "HA_north"', '')
    .replace(', "client-classes": [ "HA_south" ]', '');
  t.match(warningsOf(open), [/found "load-balancing" with 2 pools open to both servers/]);
  t.strictSame(warningsOf(loadBalancing), []);
});
