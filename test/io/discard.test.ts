import t from 'tap';
import { discardDatagrams } from '../../src/io/discard.ts';
import { DatagramReceiver, DatagramSender } from '../../src/io/mmsg.ts';
import { closeFd, localPort, openUdpSocket } from '../../src/io/udp.ts';

const LOOPBACK = 0x7f000001;
const SLOT_BYTES = 64;

/** A socket in which `count` datagrams wait, of 0, 1, 2 ... octets. */
function fill(count: number): number {
  const to = openUdpSocket({ address: LOOPBACK, port: 0, receiveBufferBytes: 4 << 20 });
  const from = openUdpSocket({ address: LOOPBACK, port: 0 });
  const sender = new DatagramSender(count, SLOT_BYTES, SLOT_BYTES);
  for (let slot = 0; slot < count; slot++)
    sender.queue(slot, slot % SLOT_BYTES, LOOPBACK, localPort(to), from);
  t.equal(sender.flush(), count);
  closeFd(from);
  return to;
}

t.test('whatever waits is thrown away, of any length, and what comes later is received', async (t) => {
  for (const count of [1, 63, 64, 65, 200]) {
    const fd = fill(count);
    t.equal(discardDatagrams(fd), count);
    const receiver = new DatagramReceiver(new ArrayBuffer(SLOT_BYTES), 0, SLOT_BYTES, 1);
    t.equal(receiver.receive(fd), 0, `${count} were all`);
    t.equal(discardDatagrams(fd), 0);
    const sender = new DatagramSender(1, SLOT_BYTES, 1);
    sender.queue(0, 5, LOOPBACK, localPort(fd), fd);
    sender.flush();
    t.equal(receiver.receive(fd), 1);
    t.equal(receiver.length(0), 5);
    closeFd(fd);
  }
});

t.test('a descriptor that is none of ours any more is an error, not an empty socket', async (t) => {
  const fd = openUdpSocket({ address: LOOPBACK, port: 0 });
  closeFd(fd);
  t.throws(() => discardDatagrams(fd), { code: 'EBADF', message: /^cannot empty descriptor \d+: EBADF/ });
});
