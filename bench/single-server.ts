/** End to end: one server without a partner. */
import { kindsOf, REFLECTOR } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createSingle } from './rivals.ts';

export const singleServer: Bench = {
  name: 'single-server',
  question:
    'How fast and how dear is an exchange with one server, every ACK after fdatasync, and how long does a client wait?',
  run: async ({ scale, contenders, clients, points, site }) => {
    const makers = [REFLECTOR, ...kindsOf(contenders)].map((kind) => () => createSingle(kind, { site }));
    const tables: BenchTable[] = [];
    for (const kind of clients)
      tables.push({ ...(await loadRivals(makers, points, kind, scale)), title: kind });
    return tables;
  },
};
