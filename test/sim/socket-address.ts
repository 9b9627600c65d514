/** Socket addresses of both families as text and port, in the words in which the kernel and a program tell them to each other. */
import { formatIpv4, parseIpv4 } from '../../src/base/ipv4.ts';
import { IPV6_BYTES, isIpv6LinkLocal } from '../../src/base/ipv6.ts';
import { formatIpv6, parseIpv6 } from '../../src/base/ipv6-text.ts';
import { readAddress, readPort, SOCKADDR_IN_BYTES, writeSockaddrIn } from '../../src/io/sockaddr.ts';
import { readAddress6, SOCKADDR_IN6_WORDS, writeSockaddrIn6 } from '../../src/io/sockaddr6.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
}

const AF_INET6 = 10;
const SOCKADDR_IN_WORDS = SOCKADDR_IN_BYTES / 4;
/** Of the only interface of a machine. */
export const LINK_INDEX = 2;

/** @param wordsAt the memory of the kernel: so many words there */
export function readPlace(wordsAt: (count: number) => Uint32Array): Place {
  const isOf6 = (wordsAt(1)[0]! & 0xffff) === AF_INET6;
  const words = wordsAt(isOf6 ? SOCKADDR_IN6_WORDS : SOCKADDR_IN_WORDS);
  const port = readPort(words, 0);
  if (!isOf6) return { address: formatIpv4(readAddress(words, 0)), port };
  const octets = new Uint8Array(IPV6_BYTES);
  readAddress6(words, 0, octets, 0);
  return { address: formatIpv6(octets), port };
}

/** @param wordsAt the memory of the kernel: so many words there */
export function writePlace(wordsAt: (count: number) => Uint32Array, { address, port }: Place): void {
  const octets = parseIpv6(address);
  if (octets === null) writeSockaddrIn(wordsAt(SOCKADDR_IN_WORDS), 0, parseIpv4(address)!, port);
  else
    writeSockaddrIn6(
      wordsAt(SOCKADDR_IN6_WORDS),
      0,
      octets,
      0,
      port,
      isIpv6LinkLocal(octets, 0) ? LINK_INDEX : 0,
    );
}
