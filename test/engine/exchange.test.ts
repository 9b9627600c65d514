import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { BenchServer } from './bench-server.ts';
import { ip, number32, packet } from './packets.ts';

const server1 = ip('127.0.0.1');

t.test('DISCOVER, OFFER, REQUEST, ACK give one lease [RFC2131 3.1]', async (t) => {
  const server = new BenchServer();
  t.teardown(() => server.close());
  const offer = server.ask(packet({ type: MessageType.discover, options: [[61, [1, 2, 0, 0, 0, 0, 1]]] }))!;
  t.equal(offer.type, MessageType.offer);
  t.equal(offer.yiaddr, '10.0.0.10');
  t.equal(offer.giaddr, '127.0.0.1');
  t.equal(offer.xid, 0x11223344);
  t.same([...offer.options.get(54)!], server1);
  t.equal(number32(offer, 51), 3600);
  t.equal(number32(offer, 1), 0xffffff00);
  const request = packet({
    type: MessageType.request,
    options: [
      [61, [1, 2, 0, 0, 0, 0, 1]],
      [50, ip(offer.yiaddr)],
      [54, server1],
    ],
  });
  server.send(request);
  t.same(server.replies(), [], 'no ACK before the lease is durable');
  server.makeDurable();
  const [ack] = server.replies();
  t.equal(ack?.type, MessageType.ack);
  t.equal(ack?.yiaddr, '10.0.0.10');
  t.equal(server.lease('10.0.0.10')?.state, 0);
  t.equal(server.statistic('assigned-addresses'), 1);
  t.equal(server.statistic('pkt4-ack-sent'), 1);
});
