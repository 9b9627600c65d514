/**
 * Makes the program and what tests it; types are checked elsewhere (npm run typecheck).
 *
 *     node esbuild.config.mjs program   dist/: a few files with every package but the native and the threaded one, because
 *                                       to find and read a thousand modules takes longer than to start the server
 *     node esbuild.config.mjs tests     build/: src, bench and test, each module a file of its own; the program of dist/ is laid
 *                                       over it, so that what tests and benches start is what users do; and a server for the simulator
 *     node esbuild.config.mjs image FILE CHANGES
 *                                       another server for the simulator: changes is JSON, [{ "file", "from", "to" }]
 *     node esbuild.config.mjs staged FILE CHANGES
 *                                       the same for test/threads
 */
import { relative } from 'node:path';
import { build } from 'esbuild';
import { imageOptions } from './test/sim/image-build.mjs';
import { stagedOptions } from './test/threads/image-build.mjs';

const COMMON = { format: 'esm', platform: 'node', target: 'node20', sourcemap: true };

const PACKAGES_INSIDE = {
  bundle: true,
  mainFields: ['module', 'main'],
  // Packages of the older module system ask for Node's own modules when they run.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
};

/** Modules that end in dist/chunks find the files beside the program as those in the folders of src do: one folder up. */
const PROGRAM = {
  ...COMMON,
  ...PACKAGES_INSIDE,
  entryPoints: ['src/main.ts', 'src/worker.ts', 'src/load/thread.ts'],
  outdir: 'dist',
  outbase: 'src',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  external: ['koffi', 'piscina'],
  legalComments: 'eof',
};

/** tap in one file: every test loads it, and its 350 modules take 0.2 s of processor time more than one does. */
const TAP = {
  ...COMMON,
  ...PACKAGES_INSIDE,
  entryPoints: { tap: 'tap' },
  outdir: 'build',
  sourcemap: false,
};

/** Every import stays one, of the file that is made of the module. */
const MODULES = {
  name: 'modules',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: path.replace(/ts$/, 'js'), external: true },
    );
    onResolve({ filter: /^tap$/ }, ({ resolveDir }) => {
      const path = relative(resolveDir, 'tap.js');
      return { path: path.startsWith('.') ? path : `./${path}`, external: true };
    });
  },
};

const TESTS = {
  ...COMMON,
  entryPoints: ['src/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'],
  outdir: 'build',
  outbase: '.',
  bundle: true,
  packages: 'external',
  plugins: [MODULES],
};

const [kind, outfile, changes] = process.argv.slice(2);
const wanted = {
  program: [PROGRAM],
  tests: [
    TAP,
    TESTS,
    imageOptions('build/src/simulated/image.js'),
    stagedOptions('build/test/threads/staged.js'),
  ],
  image: [imageOptions(outfile, JSON.parse(changes ?? '[]'))],
  staged: [stagedOptions(outfile, JSON.parse(changes ?? '[]'))],
}[kind];
if (wanted === undefined) throw new Error('expected program, tests or image');
for (const options of wanted) await build(options);
