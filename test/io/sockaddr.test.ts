import t from 'tap';
import { readAddress, readPort, writeSockaddrIn } from '../../src/io/sockaddr.ts';

t.test('a socket address is laid out as the kernel has it', async (t) => {
  const words = new Uint32Array(8);
  writeSockaddrIn(words, 4, 0xc0a80102, 67);
  t.same([...new Uint8Array(words.buffer, 16, 8)], [2, 0, 0, 67, 192, 168, 1, 2]);
  t.equal(readAddress(words, 4), 0xc0a80102);
  t.equal(readPort(words, 4), 67);
});

t.test('the highest address and port survive a round trip as unsigned numbers', async (t) => {
  const words = new Uint32Array(4);
  writeSockaddrIn(words, 0, 0xffffffff, 0xfffe);
  t.equal(readAddress(words, 0), 0xffffffff);
  t.equal(readPort(words, 0), 0xfffe);
});
