/** End to end: one server without a partner. */
import { TANDEM } from '../src/demo/local-server.ts';
import { KEA } from './kea.ts';
import { loadRivals } from './load-run.ts';
import type { Bench } from './model.ts';
import { type Rival, startReflector, startSingle } from './rivals.ts';

export const singleServer: Bench = {
  name: 'single-server',
  question:
    'How many whole exchanges a second does one server complete, every ACK after fdatasync, and how long does a client wait?',
  run: async ({ scale, kea }) => {
    const rivals: Rival[] = [];
    try {
      rivals.push(await startReflector());
      rivals.push(await startSingle(TANDEM));
      if (kea) rivals.push(await startSingle(KEA));
      return await loadRivals(rivals, scale);
    } finally {
      for (const rival of rivals) await rival.close();
    }
  },
};
