/**
 * Makes the image of a server for the simulator: the product in one file, with modules of stand-ins/ in place of those that touch
 * the world. A copy with a bug planted into it is made in the same way. To be used in the folder of the project.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

const FOLDER = resolve('test/sim/stand-ins');
/** By what they stand for. */
const STAND_INS = {
  'src/limits.ts': 'limits.ts',
  'src/io/libc.ts': 'libc.ts',
  'src/io/pinned.ts': 'pinned.ts',
  'src/io/interfaces.ts': 'interfaces.ts',
  'src/io/rtnetlink.ts': 'rtnetlink.ts',
  'src/base/clock.ts': 'clock.ts',
  'src/base/random.ts': 'random.ts',
  'src/app/threads.ts': 'threads.ts',
  'src/peer/client.ts': 'peer-client.ts',
  'src/control/http/kea-http.ts': 'kea-http.ts',
};
const STAND_INS_OF_NODE = {
  'node:fs': 'fs.ts',
  'node:worker_threads': 'worker-threads.ts',
  'node:timers/promises': 'timers.ts',
};

/** Has modules of a folder stand in place of modules of the product. @param standIns file names by the paths of those */
export function standIn(onResolve, folder, standIns) {
  onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ importer, path, resolveDir }) => {
    const name = standIns[relative('.', resolve(resolveDir, path))];
    // A stand-in may use what it stands for.
    const isItself = dirname(importer) === folder && importer.endsWith(`/${name}`);
    return name === undefined || isItself ? undefined : { path: join(folder, name) };
  });
}

const SIMULATED = {
  name: 'simulated',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => {
      const name = STAND_INS_OF_NODE[path];
      return name === undefined ? undefined : { path: join(FOLDER, name) };
    });
    standIn(onResolve, FOLDER, STAND_INS);
  },
};

/** @param changes each a place in the product, and what stands there instead */
export function planted(changes) {
  return {
    name: 'planted',
    setup: ({ onLoad }) => {
      for (const file of new Set(changes.map((change) => change.file))) {
        const path = resolve(file);
        onLoad({ filter: new RegExp(`^${path.replaceAll('.', '\\.')}$`) }, async () => {
          let source = await readFile(path, 'utf8');
          for (const { from, to } of changes.filter((change) => change.file === file)) {
            if (source.split(from).length !== 2) throw new Error(`${file} has not once: ${from}`);
            source = source.replace(from, () => to);
          }
          return { contents: source, loader: 'ts' };
        });
      }
    },
  };
}

/**
 * What esbuild is told of every image.
 * @param own its entry, what stands in place of globals, and its plugins
 */
export function bundleOptions(outfile, own) {
  return {
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    bundle: true,
    packages: 'external',
    outfile,
    ...own,
  };
}

/** The options of esbuild for an image. @param outfile in a folder beside which tandem.wasm is */
export function imageOptions(outfile, changes = []) {
  return bundleOptions(outfile, {
    entryPoints: ['test/sim/stand-ins/image.ts'],
    inject: ['test/sim/stand-ins/globals.ts'],
    plugins: [planted(changes), SIMULATED],
  });
}
