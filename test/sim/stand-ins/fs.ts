/** In place of node:fs: the simulated disk. Only the module of the classifier lies on a real one. */
import { slot } from './slot.ts';

const { constants, readFileSync: readRealFileSync } = process.getBuiltinModule('node:fs');
const disk = () => slot.machine.disk;

export { constants };
export const openSync = (path: string, flags: number | string): number => disk().openSync(path, flags);
export const closeSync = (fd: number): void => disk().closeSync(fd);
export const readSync = (
  fd: number,
  into: Uint8Array,
  offset: number,
  length: number,
  position: number | null,
) => disk().readSync(fd, into, offset, length, position);
export const writeSync = (
  fd: number,
  bytes: Uint8Array | string,
  offset?: number,
  length?: number,
  position?: number,
) => disk().writeSync(fd, bytes, offset, length, position);
export const ftruncateSync = (fd: number, length?: number): void => disk().ftruncateSync(fd, length);
export const fdatasyncSync = (fd: number): void => disk().fdatasyncSync(fd);
export const fsyncSync = (fd: number): void => disk().fsyncSync(fd);
export const fstatSync = (fd: number, options?: { bigint?: boolean }) => disk().fstatSync(fd, options);
export const statSync = (path: string, options?: { throwIfNoEntry?: boolean }) =>
  disk().statSync(path, options);
export const existsSync = (path: string): boolean => disk().existsSync(path);
export const realpathSync = (path: string): string => path;
export const renameSync = (from: string, to: string): void => disk().renameSync(from, to);
export const unlinkSync = (path: string): void => disk().unlinkSync(path);
export const readFileSync = (path: string | URL, encoding?: string) =>
  path instanceof URL ? readRealFileSync(path) : disk().readFileSync(path, encoding);
export const writeFileSync = (path: string, text: string, options?: { readonly flush?: boolean }): void => {
  const fd = openSync(path, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY);
  try {
    writeSync(fd, text);
    if (options?.flush === true) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};
export const rmSync = (path: string): void => {
  if (existsSync(path)) unlinkSync(path);
};

const refuse = (): never => {
  throw new Error('the simulated disk has no such call');
};
export const accessSync = refuse;
export const appendFileSync = refuse;
export const createReadStream = refuse;
export const createWriteStream = refuse;
export const lstatSync = refuse;
export const mkdirSync = refuse;
export const readdirSync = refuse;
