/**
 * Makes an image of the product's code for shared memory, with points at which another thread may go on. To be used in the folder
 * of the project.
 */
import { dirname, join, relative, resolve } from 'node:path';
import { planted } from '../sim/image-build.mjs';

const FOLDER = resolve('test/threads/stand-ins');
/** By what they stand for. */
const STAND_INS = { 'src/io/eventfd.ts': 'eventfd.ts' };

const STAGED = {
  name: 'staged',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ importer, path, resolveDir }) => {
      const standIn = STAND_INS[relative('.', resolve(resolveDir, path))];
      const isItself = dirname(importer) === FOLDER && importer.endsWith(`/${standIn}`);
      return standIn === undefined || isItself ? undefined : { path: join(FOLDER, standIn) };
    });
  },
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
  return {
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    bundle: true,
    packages: 'external',
    entryPoints: ['test/threads/image.ts'],
    outfile,
    inject: ['test/threads/stand-ins/globals.ts'],
    plugins: [planted([...STAGED_CHANGES, ...changes]), STAGED],
  };
}
