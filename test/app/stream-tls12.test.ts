/** Servers that can do no more than TLS 1.2: lease updates go by request, and each says why. */
import t from 'tap';
import { Pair } from './hot-standby-pair.ts';
import { endWithoutLoss, startLoad } from './reloading.ts';
import { served, tlsOf, until } from './synchronizing.ts';

t.setTimeout(240_000);
// Of the servers that this test starts.
process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --tls-max-v1.2`;

const SERVED = 200;
const REASON = /the TLS session is of TLSv1\.2, a stream needs TLSv1\.3/;

t.test(
  'with TLS 1.2 there is no stream, both tables are equal all the same, and the log says why',
  async (t) => {
    const pair = await Pair.start(t, { more: tlsOf(t), scheme: 'https' });
    const [a, b] = [pair.get('a'), pair.get('b')];
    await until('refused', () => a.logged('TDM_STREAM_NOT_UP').length > 0);
    const client = await startLoad([a.port, b.port], pair.relayPort, 200);
    await served(client, SERVED);
    await endWithoutLoss(t, client);
    const leases = await pair.leases('a');
    t.ok(leases.size >= SERVED);
    t.same(await pair.leases('b'), leases, 'both hold the same leases');
    const lines = a.logged('TDM_STREAM_NOT_UP');
    t.match(lines, [{ reason: REASON }]);
    t.equal(lines.length, 1, 'once, not with each heartbeat');
    t.match(b.logged('TDM_HTTP_REFUSED')[0], { reason: REASON });
    t.same([await pair.state('a'), await pair.state('b')], ['hot-standby', 'hot-standby']);
  },
);
