/** The files that the program consists of, wherever it stands: in src, compiled module by module, or bundled. */

/**
 * An entry of the program, to be started as a thread or a process. Modules stand one folder below it: in a folder of src, and, when
 * they are bundled, in chunks (esbuild.config.mjs).
 * @param name without its ending, which is that of this module: .ts when run from source, .js when built
 */
export function programFile(name: 'main' | 'worker' | 'load/thread'): URL {
  return new URL(`../${name}${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url);
}
