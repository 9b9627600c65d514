/** Standard output and standard error as ends of the log: opened once, for the life of the process. */
import pino from 'pino';
import type { Sink } from './output.ts';

/** Unwritten log that may wait for a slow reader; beyond it lines are lost, not memory. */
const BUFFERED_BYTES_MAX = 16 * 1024 * 1024;

const opened = new Map<number, Sink>();

export function standardSink(name: 'stdout' | 'stderr'): Sink {
  const fd = name === 'stdout' ? 1 : 2;
  let sink = opened.get(fd);
  if (sink === undefined) {
    sink = openStandard(name, fd);
    opened.set(fd, sink);
  }
  return sink;
}

/**
 * Not synchronous: whoever reads our output may stop reading, and a server must not stop with it. pino writes what is
 * left when the process exits.
 */
function openStandard(name: string, fd: number): Sink {
  const stream = pino.destination({ fd, sync: false, maxLength: BUFFERED_BYTES_MAX });
  let isDropped = false;
  stream.on('drop', () => {
    isDropped = true;
  });
  return {
    name,
    write: (text) => {
      isDropped = false;
      stream.write(text);
      return isDropped ? 'nobody reads it' : null;
    },
    close: () => {},
  };
}
