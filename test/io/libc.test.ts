import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Errno, errnoName, lastErrno, libc, systemError } from '../../src/io/libc.ts';

t.test('error numbers have their names', async (t) => {
  t.equal(errnoName(Errno.EADDRINUSE), 'EADDRINUSE');
  t.equal(errnoName(Errno.EAGAIN), 'EAGAIN');
  t.equal(errnoName(4711), 'errno 4711');
});

t.test('a failed call leaves its errno', async (t) => {
  const result = libc.close(-1);
  const errno = lastErrno();
  t.same([result, errno], [-1, Errno.EBADF]);
});

t.test('a system error says what failed, why, and what to do', async (t) => {
  const error = systemError('cannot open', Errno.EACCES, 'start as root');
  t.equal(error.message, 'cannot open: EACCES: start as root');
  t.equal(error.code, 'EACCES');
  t.equal(systemError('cannot open', Errno.EACCES).message, 'cannot open: EACCES');
});

t.test('a file is locked once at a time', async (t) => {
  const exclusiveWithoutWaiting = 2 | 4;
  const unlock = 8;
  const path = join(t.testdir(), 'lock');
  const first = openSync(path, 'w');
  const second = openSync(path, 'w');
  t.teardown(() => [first, second].forEach(closeSync));
  t.equal(libc.flock(first, exclusiveWithoutWaiting), 0);
  const result = libc.flock(second, exclusiveWithoutWaiting);
  const errno = lastErrno();
  t.same([result, errnoName(errno)], [-1, 'EAGAIN']);
  t.equal(libc.flock(first, unlock), 0);
  t.equal(libc.flock(second, exclusiveWithoutWaiting), 0);
});
