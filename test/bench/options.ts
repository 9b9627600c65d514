/** Options under which a bench proves in a test that it still works. */
import { parseContenders } from '../../bench/contenders.ts';
import type { BenchOptions } from '../../bench/model.ts';
import { parsePoints } from '../../bench/points.ts';
import { ON_LOOPBACK } from '../../src/demo/pair.ts';

export const TINY: BenchOptions = {
  scale: 'tiny',
  contenders: parseContenders('tandem'),
  points: parsePoints('2,100/s'),
  clients: ['new'],
  modes: ['hot-standby'],
  wants: ['na+pd'],
  tls: false,
  beside: [],
  site: ON_LOOPBACK,
};
