/** In place of src/io/libc.ts: the simulated kernel. */
import { slot } from './slot.ts';

// biome-ignore lint/performance/noBarrelFile: the image finds here all that the module has for which this one stands
export { Errno, errnoName, isMisuse, systemError } from '../../../src/io/libc.ts';

const kernel = () => slot.machine.kernel;
const succeed = (): number => 0;

export const libc = {
  socket: () => kernel().socket(),
  bind: (fd: number, address: number) => kernel().bind(fd, address),
  connect: succeed,
  setsockopt: succeed,
  getsockopt: succeed,
  getsockname: (fd: number, address: number) => kernel().getsockname(fd, address),
  recvmmsg: (fd: number, headers: number, count: number) => kernel().recvmmsg(fd, headers, count),
  sendmmsg: (fd: number, headers: number, count: number) => kernel().sendmmsg(fd, headers, count),
  poll: (entries: number, count: number, timeoutMs: number) => kernel().poll(entries, count, timeoutMs),
  ppoll: () => {
    throw new Error('no server keeps a rate');
  },
  eventfd: () => kernel().eventfd(),
  read: (fd: number, address: number, length: number) => kernel().read(fd, address, length),
  write: (fd: number, address: number, length: number) => kernel().write(fd, address, length),
  close: (fd: number) => kernel().close(fd),
  clock_gettime: (clock: number, address: number) => kernel().clock_gettime(clock, address),
  fcntl: succeed,
  flock: succeed,
  posix_fadvise: (fd: number, from: number) => slot.machine.disk.forget(fd, from),
} as const;

export function lastErrno(): number {
  return kernel().errno;
}
