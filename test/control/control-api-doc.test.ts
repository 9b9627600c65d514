/** docs/control-api.md names every command and every metric, and none that does not exist. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { createServerCommands, type ServerSources } from '../../src/control/commands/server.ts';
import * as limits from '../../src/control/limits.ts';
import { figureMetrics } from '../../src/control/monitoring/figure-metrics.ts';
import {
  globalMetric,
  POOL_FILLS_4,
  POOL_FILLS_6,
  poolMetric,
  subnetMetric,
} from '../../src/control/monitoring/metric-names.ts';
import { STATISTICS_6 } from '../../src/engine/dhcp6/statistics.ts';
import { poolNames } from '../../src/engine/figures/statistic-names.ts';
import { STATISTICS_4 } from '../../src/engine/figures/statistics.ts';

const page = readFileSync(new URL('../../../docs/control-api.md', import.meta.url), 'utf8');

/** First cells of the table rows, without their quotes. */
const rows = page.split('\n').flatMap((line) => /^\| (`.*?`) \|/.exec(line)?.[1]?.match(/[\w-]+/g) ?? []);

t.test('every command of the server has a row', async (t) => {
  const sources = {
    configuration: {},
    maintenance: {},
    statistics: {},
    status: { version: {} },
    subnetSelect: {},
  } as unknown as ServerSources;
  for (const name of createServerCommands(sources).keys()) {
    t.equal(rows.filter((row) => row === name).length, 1, name);
  }
});

t.test('every metric has exactly one row, with its labels', async (t) => {
  const expected = new Map<string, readonly string[]>([
    ['tandem_build_info', ['version']],
    ['tandem_subnets', []],
    ['tandem_fullest_subnet_ratio', []],
  ]);
  const statistics = [
    ...[STATISTICS_4, STATISTICS_6].flatMap(({ global, subnet }) => [
      ...global.map((name) => globalMetric(name)),
      ...subnet.map((name) => subnetMetric(name, 0)),
    ]),
    ...[...POOL_FILLS_4, ...POOL_FILLS_6].flatMap(({ kind, total }) => [
      subnetMetric(total, 0),
      poolMetric(total, { subnetId: 0, kind, poolId: 0 }),
    ]),
    ...[STATISTICS_4, STATISTICS_6].flatMap((names) =>
      (['pool', 'pd-pool'] as const).flatMap((kind) =>
        poolNames(names, kind).map((name) => poolMetric(name, { subnetId: 0, kind, poolId: 0 })),
      ),
    ),
  ];
  for (const { metric, labels } of statistics) expected.set(metric, Object.keys(labels));
  for (const { metric, labelNames } of figureMetrics) expected.set(metric, labelNames);
  t.same(rows.filter((row) => row.startsWith('tandem_')).toSorted(), [...expected.keys()].toSorted());
  for (const [metric, labels] of expected) {
    const cell = labels.map((label) => `\`${label}\``).join(', ');
    t.ok(page.includes(`| \`${metric}\` | ${cell === '' ? '' : `${cell} `}|`), `${metric} {${labels}}`);
  }
});

t.test('the bounds on the page are those of the code', async (t) => {
  const MiB = 1024 * 1024;
  t.match(
    page,
    `${limits.COMMAND_BYTES_MAX / MiB} MiB, all unfinished ones together ${limits.COMMAND_BYTES_PENDING_MAX / MiB} MiB`,
  );
  t.match(page, `At most ${limits.UNIX_CONNECTIONS_MAX} connections`);
  t.match(page, `${limits.UNIX_COMMAND_MS / 1000} s, and ${limits.UNIX_IDLE_MS / 1000} s of silence`);
  t.match(page, `more than ${limits.SUBNET_METRICS_MAX} subnets`);
  t.match(page, `more than ${limits.POOL_METRICS_MAX} pools`);
  t.match(page, `| levels of nesting | ${limits.JSON_DEPTH_MAX} | ${limits.JSON_DEPTH_MAX} |`);
});
