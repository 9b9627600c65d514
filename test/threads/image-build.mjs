/**
 * Makes an image of the product's code for shared memory, with points at which another thread may go on. To be used in the folder
 * of the project.
 */
import { resolve } from 'node:path';
import { bundleOptions, planted, standIn } from '../sim/image-build.mjs';

const FOLDER = resolve('test/threads/stand-ins');
/** By what they stand for. */
const STAND_INS = { 'src/io/eventfd.ts': 'eventfd.ts' };

const STAGED = {
  name: 'staged',
  setup: ({ onResolve }) => standIn(onResolve, FOLDER, STAND_INS),
};

/** The stage's disk; a ring that ends soon; and who spins only asks the same again. */
const STAGED_CHANGES = [
  {
    file: 'src/shard/announce.ts',
    from: "import { systemFiles } from '../journal/files.ts';",
    to: "import { stageDisk as systemFiles } from '../../test/threads/disk.ts';",
  },
  { file: 'src/base/lock.ts', from: 'const SPINS_MAX = 200;', to: 'const SPINS_MAX = 1;' },
  { file: 'src/base/byte-ring.ts', from: 'capacityBytes >= 1 << 18', to: 'capacityBytes >= 64' },
];

/** The options of esbuild. @param changes each a place in the product, and what stands there instead */
export function stagedOptions(outfile, changes = []) {
  return bundleOptions(outfile, {
    entryPoints: ['test/threads/image.ts'],
    inject: ['test/threads/stand-ins/globals.ts'],
    plugins: [planted([...STAGED_CHANGES, ...changes]), STAGED],
  });
}
