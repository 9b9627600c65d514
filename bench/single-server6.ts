/** End to end: one DHCPv6 server without a partner. */
import { kindsOf } from './contenders.ts';
import { loadRivals } from './load-run.ts';
import type { Bench, BenchTable } from './model.ts';
import { createSingle6 } from './rivals6.ts';

export const singleServer6: Bench = {
  name: 'single-server6',
  family: 6,
  question:
    'How fast and how dear is a DHCPv6 exchange with one server, every REPLY after fdatasync, and how long does a client wait?',
  run: async ({ scale, contenders, clients, points, wants }) => {
    const tables: BenchTable[] = [];
    for (const wanted of wants) {
      for (const kind of clients) {
        const makers = kindsOf(contenders).map((each) => () => createSingle6(each, wanted));
        const table = await loadRivals(makers, points, kind, scale);
        tables.push({ ...table, title: `${WANTED[wanted]}, ${kind}` });
      }
    }
    return tables;
  },
};

/** What clients want, as the tables have it. */
export const WANTED = { na: 'IA_NA', pd: 'IA_PD', 'na+pd': 'IA_NA + IA_PD' } as const;
