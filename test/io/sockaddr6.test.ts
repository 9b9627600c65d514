import t from 'tap';
import { parseIpv6 } from '../../src/base/ipv6-text.ts';
import { readPort } from '../../src/io/sockaddr.ts';
import {
  readAddress6,
  readScope,
  SOCKADDR_IN6_BYTES,
  SOCKADDR_IN6_WORDS,
  writeSockaddrIn6,
} from '../../src/io/sockaddr6.ts';

t.test('a socket address is laid out as the kernel has it', async (t) => {
  const words = new Uint32Array(2 + SOCKADDR_IN6_WORDS).fill(0xeeeeeeee);
  const address = Uint8Array.of(9, ...parseIpv6('fe80:102::fffe:8081')!, 9);
  writeSockaddrIn6(words, 1, address, 1, 547, 3);
  t.same(
    [...new Uint8Array(words.buffer, 4, SOCKADDR_IN6_BYTES)],
    [
      ...[10, 0], // AF_INET6
      ...[0x02, 0x23], // port 547
      ...[0, 0, 0, 0], // flow information
      ...[0xfe, 0x80, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0x80, 0x81],
      ...[3, 0, 0, 0], // scope
    ],
  );
  t.same([words[0], words[1 + SOCKADDR_IN6_WORDS]], [0xeeeeeeee, 0xeeeeeeee], 'nothing beside it');
  const read = new Uint8Array(18);
  readAddress6(words, 1, read, 1);
  t.same([...read], [0, ...address.subarray(1, 17), 0]);
  t.equal(readPort(words, 1), 547);
  t.equal(readScope(words, 1), 3);
});

t.test('the highest port and scope survive a round trip as unsigned numbers', async (t) => {
  const words = new Uint32Array(SOCKADDR_IN6_WORDS);
  writeSockaddrIn6(words, 0, new Uint8Array(16).fill(0xff), 0, 0xffff, 0xffffffff);
  t.equal(readPort(words, 0), 0xffff);
  t.equal(readScope(words, 0), 0xffffffff);
});
