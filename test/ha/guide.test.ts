/** docs/ha.md names everything that exists, and nothing that does not: states, keys with defaults, commands, metrics, log ids. */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { peerSchema } from '../../src/config/ha/peer.ts';
import { haThreadsSchema, relationshipSchema } from '../../src/config/ha/relationship.ts';
import { figureMetrics } from '../../src/control/monitoring/figure-metrics.ts';
import { HA_STATES } from '../../src/ha/machine/model.ts';
import { messages } from '../../src/log/messages.ts';
import { relationship } from './support/relationship.ts';
import { Server } from './support/server.ts';
import { VirtualTime } from './support/virtual-time.ts';

const root = new URL('../../../', import.meta.url);
const text = readFileSync(new URL('docs/ha.md', root), 'utf8');

/** The rows of a table, by the text of its first cell without quotation marks. */
function tableUnder(header: RegExp): Map<string, readonly string[]> {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => header.test(line));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const rows = lines.slice(start + 2, end).map((line) => line.split('|').slice(1, -1));
  return new Map(
    rows.map((row) => [row[0]!.trim().replace(/^`([^`]+)`.*$/, '$1'), row.map((cell) => cell.trim())]),
  );
}

t.test('every state has a row', async (t) => {
  t.same([...tableUnder(/^\| state \|/).keys()].sort(), [...HA_STATES].sort());
});

t.test('every key of the relationship has a row with its default', async (t) => {
  for (const [header, { rules }] of [
    [/^\| key of the relationship \|/, relationshipSchema],
    [/^\| key of a peer \|/, peerSchema],
    [/^\| key of `multi-threading` \|/, haThreadsSchema],
  ] as const) {
    const table = tableUnder(header);
    const used = Object.entries(rules).filter(([, rule]) => rule.effect === 'used');
    t.same([...table.keys()].sort(), used.map(([key]) => key).sort());
    for (const [key, rule] of used) {
      if (rule.fallback === undefined) continue;
      t.equal(table.get(key)?.[1], JSON.stringify(rule.fallback), key);
    }
  }
});

t.test('every command of an operator has a row', async (t) => {
  const { service } = new Server(relationship('load-balancing', 'server1'), new VirtualTime(), []);
  const betweenServers = ['ha-maintenance-notify', 'ha-sync-complete-notify'];
  const named = [...tableUnder(/^\| command \|/).keys()].flatMap((name) =>
    name === 'ha-maintenance-start' ? [name, 'ha-maintenance-cancel'] : [name],
  );
  t.same(
    named.sort(),
    ['status-get', ...[...service.commands.keys()].filter((name) => !betweenServers.includes(name))].sort(),
  );
});

t.test('alarms are on metrics and log ids that exist', async (t) => {
  const metrics = figureMetrics.map(({ metric }) => metric);
  for (const [name] of text.matchAll(/tandem_[a-z_]+/g)) t.ok(metrics.includes(name), name);
  for (const [id] of text.matchAll(/TDM_[A-Z_]+/g)) t.ok(Object.hasOwn(messages, id), id);
});

t.test('the transcripts that it names exist', async (t) => {
  const files = readdirSync(new URL('test/ha/', root));
  const list = /in `test\/ha\/\*\.txt`: ([^.]+)\./.exec(text)?.[1] ?? '';
  const named = [...list.matchAll(/`([a-z-]+)`/g)].map((match) => `${match[1]}.txt`);
  t.ok(named.length > 5);
  for (const name of named) t.ok(files.includes(name), name);
});
