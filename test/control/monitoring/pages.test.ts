import t, { type Test } from 'tap';
import { request } from 'undici';
import { createKeaHttpServer, type KeaHttpOptions } from '../../../src/control/http/kea-http.ts';
import { POOL_FILLS_4 } from '../../../src/control/monitoring/metric-names.ts';
import { createMetrics } from '../../../src/control/monitoring/metrics.ts';
import { createMonitoringPages, type MonitoringSources } from '../../../src/control/monitoring/pages.ts';
import { allocateStatistics, STATISTICS_4 } from '../../../src/engine/figures/statistics.ts';
import { StatisticsReader } from '../../../src/engine/figures/statistics-reader.ts';
import { recordingLog } from '../harness.ts';

const metrics = createMetrics({
  version: '0.1.0',
  names: STATISTICS_4,
  fills: POOL_FILLS_4,
  reader: () => new StatisticsReader(allocateStatistics(1, [])),
  totals: () => new Map(),
  showsSubnets: () => true,
  subnetIds: () => [],
  figures: () => ({
    leases: { count: 42, max: 100 },
    shards: [],
    interfaces: new Map(),
    journal: null,
    ha: [],
    credentials: null,
    perfmon: null,
  }),
});

async function serve(
  t: Test,
  sources: Partial<MonitoringSources> = {},
  options: Partial<KeaHttpOptions> = {},
) {
  const { log, events } = recordingLog();
  const pages = createMonitoringPages({
    log,
    metrics,
    failures: () => [],
    notReady: () => [],
    why: () => 'waiting for 3 s',
    ...sources,
  });
  const server = createKeaHttpServer({
    log,
    table: new Map(),
    address: '127.0.0.1',
    port: 0,
    service: 'dhcp4',
    pages,
    ...options,
  });
  t.teardown(() => server.close());
  const { port } = await server.listen();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await request(`http://127.0.0.1:${port}${path}`, { headers, reset: true });
    return {
      status: response.statusCode,
      type: response.headers['content-type'],
      body: await response.body.text(),
    };
  };
  return { get, events };
}

t.test('a server that does its work and serves is healthy and ready', async (t) => {
  const { get } = await serve(t);
  t.same(await get('/healthz'), { status: 200, type: 'application/json', body: '{"status":"ok"}' });
  t.same(await get('/readyz'), { status: 200, type: 'application/json', body: '{"status":"ready"}' });
});

t.test('a server that does not serve is healthy, not ready, and says why', async (t) => {
  const { get } = await serve(t, { notReady: () => ['high availability: waiting'] });
  t.equal((await get('/healthz')).status, 200);
  t.match(await get('/readyz'), {
    status: 503,
    body: '{"status":"not ready","reasons":["high availability: waiting"]}',
  });
});

t.test('why high availability is in its state can be read as text', async (t) => {
  const { get } = await serve(t);
  t.same(await get('/why'), { status: 200, type: 'text/plain; charset=utf-8', body: 'waiting for 3 s\n' });
});

t.test('a server that has failed is neither healthy nor ready', async (t) => {
  const { get } = await serve(t, { failures: () => ['the lease file cannot be written'] });
  t.match(await get('/healthz'), {
    status: 503,
    body: '{"status":"failing","reasons":["the lease file cannot be written"]}',
  });
  t.match(await get('/readyz'), { status: 503, body: /the lease file/ });
});

t.test('the state is read at each question', async (t) => {
  let reasons: string[] = [];
  const { get } = await serve(t, { notReady: () => reasons });
  t.equal((await get('/readyz')).status, 200);
  reasons = ['stopping'];
  t.equal((await get('/readyz')).status, 503);
});

t.test('metrics are served as Prometheus expects them', async (t) => {
  const { get } = await serve(t);
  const page = await get('/metrics');
  t.match(page, { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' });
  t.match(page.body, /^tandem_leases 42$/m);
});

t.test('a source that throws costs the scrape, not the server', async (t) => {
  const broken = {
    contentType: 'text/plain',
    scrape: () => Promise.reject(new Error('the cause')),
  };
  const { get, events } = await serve(t, { metrics: broken });
  const page = await get('/metrics');
  t.equal(page.status, 500);
  t.notMatch(page.body, /the cause/, 'what went wrong is for the log');
  t.match(events, [{ id: 'TDM_CONTROL_METRICS_FAILED', fields: { err: /the cause/ } }]);
  t.equal((await get('/healthz')).status, 200);
});

t.test('where credentials are required, they are required for pages too', async (t) => {
  const { get } = await serve(t, {}, { basicAuth: { user: 'user', password: 'secret' } });
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    t.match(await get(path), { status: 401 }, path);
    const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    t.match(await get(path, { authorization }), { status: 200 }, path);
  }
});
