import t from 'tap';
import { parseIpv6 } from '../../../src/base/ipv6-text.ts';
import {
  allocateSocketTable6,
  readSocketTable6,
  type ServerSocket6,
  writeSocketTable6,
} from '../../../src/shard/dhcp6/socket-table.ts';

function socket(fd: number, more: Partial<ServerSocket6> = {}): ServerSocket6 {
  const address = parseIpv6('fe80::1:2:3')!;
  return {
    fd,
    address,
    interfaceName: 'lo',
    interfaceIndex: 1,
    isUnicast: true,
    replyFd: fd,
    joinMax: 0,
    ...more,
  };
}

t.test('a table gives back what was written, also after a longer one', async (t) => {
  const table = allocateSocketTable6();
  const full = Array.from({ length: 2048 }, (_, i) =>
    socket(i, {
      interfaceName: `interface${i}`,
      address: parseIpv6(i % 2 === 0 ? 'ff02::1:2' : `2001:db8::${i.toString(16)}`)!,
      interfaceIndex: 0x7fff_ffff - i,
      isUnicast: i % 2 !== 0,
      replyFd: i + 1,
      joinMax: i,
    }),
  );
  for (const sockets of [full, [socket(7, { interfaceName: 'fifteen-octets-' })], [], full.slice(0, 3)]) {
    writeSocketTable6(table, sockets);
    t.strictSame(readSocketTable6(table), sockets);
  }
  t.throws(() => writeSocketTable6(table, [...full, socket(1)]), /fit the table/);
  t.throws(() => writeSocketTable6(table, [socket(1, { interfaceName: 'sixteen-octets--' })]), /name/);
});
