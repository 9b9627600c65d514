/**
 * Every system call that Node.js has no function for, declared once. The symbols are looked up in the running process,
 * which is already linked with its C library: the same line works with glibc and with musl, on x64 and arm64.
 *
 * Pointers are declared `uintptr_t` and passed as numbers (user-space addresses are below 2^48, exact in a double). A view
 * passed as `void *` costs 205-425 ns a call, a number 28 ns. The price: nothing here keeps a buffer alive, so whoever
 * takes an address holds the buffer for as long as the kernel may use it.
 */
import { constants } from 'node:os';
import koffi from 'koffi';

/** A system call as koffi hands it out: numbers in, a number out, -1 with `lastErrno()` on failure. */
type SystemCall<Arguments extends number[]> = (...values: Arguments) => number;

const self = koffi.load(null);

function declare<Arguments extends number[]>(prototype: string): SystemCall<Arguments> {
  return self.func(prototype) as unknown as SystemCall<Arguments>;
}

/** The C library. Each member is the function of the same name in section 2 of the Linux manual. */
export const libc = {
  socket: declare<[domain: number, type: number, protocol: number]>('int socket(int, int, int)'),
  bind: declare<[fd: number, address: number, length: number]>('int bind(int, uintptr_t, uint32_t)'),
  connect: declare<[fd: number, address: number, length: number]>('int connect(int, uintptr_t, uint32_t)'),
  setsockopt: declare<[fd: number, level: number, option: number, value: number, length: number]>(
    'int setsockopt(int, int, int, uintptr_t, uint32_t)',
  ),
  getsockopt: declare<[fd: number, level: number, option: number, value: number, length: number]>(
    'int getsockopt(int, int, int, uintptr_t, uintptr_t)',
  ),
  getsockname: declare<[fd: number, address: number, length: number]>(
    'int getsockname(int, uintptr_t, uintptr_t)',
  ),
  recvmmsg: declare<[fd: number, headers: number, count: number, flags: number, timeout: number]>(
    'int recvmmsg(int, uintptr_t, uint32_t, int, uintptr_t)',
  ),
  sendmmsg: declare<[fd: number, headers: number, count: number, flags: number]>(
    'int sendmmsg(int, uintptr_t, uint32_t, int)',
  ),
  poll: declare<[entries: number, count: number, timeoutMs: number]>('int poll(uintptr_t, uint64_t, int)'),
  ppoll: declare<[entries: number, count: number, timeout: number, signals: number]>(
    'int ppoll(uintptr_t, uint64_t, uintptr_t, uintptr_t)',
  ),
  eventfd: declare<[initial: number, flags: number]>('int eventfd(uint32_t, int)'),
  read: declare<[fd: number, bytes: number, length: number]>('int64_t read(int, uintptr_t, uint64_t)'),
  write: declare<[fd: number, bytes: number, length: number]>('int64_t write(int, uintptr_t, uint64_t)'),
  close: declare<[fd: number]>('int close(int)'),
  clock_gettime: declare<[clock: number, time: number]>('int clock_gettime(int, uintptr_t)'),
  posix_fadvise: declare<[fd: number, from: number, length: number, advice: number]>(
    'int posix_fadvise(int, int64_t, int64_t, int)',
  ),
  /** Of the commands that take an integer. */
  fcntl: declare<[fd: number, command: number, value: number]>('int fcntl(int, int, int)'),
  flock: declare<[fd: number, operation: number]>('int flock(int, int)'),
} as const;

/** The thread's errno; read it directly after the call that returned -1. */
export function lastErrno(): number {
  return koffi.errno();
}

/** The error numbers that this program acts on; they are the same on x64 and arm64. */
export const Errno = {
  EINTR: constants.errno.EINTR,
  EAGAIN: constants.errno.EAGAIN,
  EACCES: constants.errno.EACCES,
  EPERM: constants.errno.EPERM,
  EBADF: constants.errno.EBADF,
  EFAULT: constants.errno.EFAULT,
  EINVAL: constants.errno.EINVAL,
  EIO: constants.errno.EIO,
  EMSGSIZE: constants.errno.EMSGSIZE,
  ENOENT: constants.errno.ENOENT,
  ENODEV: constants.errno.ENODEV,
  ENXIO: constants.errno.ENXIO,
  ENOTSOCK: constants.errno.ENOTSOCK,
  EAFNOSUPPORT: constants.errno.EAFNOSUPPORT,
  EADDRINUSE: constants.errno.EADDRINUSE,
  EADDRNOTAVAIL: constants.errno.EADDRNOTAVAIL,
} as const;

const NAMES = new Map(Object.entries(constants.errno).map(([name, errno]) => [errno as number, name]));
// Linux gives EAGAIN and EWOULDBLOCK one number; the manual pages use the first name.
NAMES.set(Errno.EAGAIN, 'EAGAIN');

/** The symbolic name of an error number, `errno 4711` when it has none. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** An Error whose `code` is the symbolic name and whose message ends in what the operator can do. */
export function systemError(operation: string, errno: number, advice = ''): Error & { code: string } {
  const code = errnoName(errno);
  const message = advice === '' ? `${operation}: ${code}` : `${operation}: ${code}: ${advice}`;
  return Object.assign(new Error(message), { code });
}

/** Errors of the caller, not of the network: a loop that went on after them would do nothing for ever. */
export function isMisuse(errno: number): boolean {
  return errno === Errno.EBADF || errno === Errno.ENOTSOCK || errno === Errno.EFAULT;
}
