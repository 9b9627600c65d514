/** A reply goes back to where its query came from, by the port of whoever sent it. */
import t from 'tap';
import { formatIpv6, parseIpv6 } from '../../../src/base/ipv6-text.ts';
import { MessageType, OptionCode } from '../../../src/dhcp6/codes.ts';
import { Present } from '../../../src/dhcp6/descriptor.ts';
import { Query6 } from '../../../src/engine/dhcp6/query.ts';
import { RoutedSlots6 } from '../../../src/shard/dhcp6/reply-route.ts';
import { INPUT_OFFSET } from '../../../src/wasm/layout.ts';
import { Classifier } from '../../../src/wasm/module.ts';
import { iaNa, message, opt, relayed } from '../../engine/dhcp6/messages.ts';

const SOURCE_PORT = 40_000;
const SOLICIT = message(MessageType.solicit, 1, iaNa(1));
const socket = {
  fd: 5,
  address: parseIpv6('ff02::1:2')!,
  interfaceName: 'eth0',
  interfaceIndex: 3,
  isUnicast: false,
  replyFd: 9,
  joinMax: 0,
};

/** Where the reply to a datagram goes: [address]:port%scope by which descriptor. */
function wayOf(datagram: Uint8Array, source: string, forcedPort = 0): string {
  const classifier = new Classifier();
  classifier.bytes.set(datagram, INPUT_OFFSET);
  classifier.setLength(0, datagram.length);
  classifier.classify6(1);
  const query = new Query6(classifier, 0);
  query.point(0, socket, parseIpv6(source)!, 0, SOURCE_PORT);
  const slots = new RoutedSlots6(new Uint8Array(128), 2, 64, forcedPort);
  slots.route(1, query, socket);
  const address = formatIpv6(slots.addresses.subarray(16, 32));
  return `[${address}]:${slots.ports[1]}%${slots.scopes[1]} by ${slots.fds[1]}`;
}

t.test('to a client, to a relay, and to a relay with a port of its own', async (t) => {
  t.equal(wayOf(SOLICIT, 'fe80::7'), '[fe80::7]:546%3 by 9', 'a client on the link');
  t.equal(wayOf(SOLICIT, '2001:db8::7'), '[2001:db8::7]:546%0 by 9');
  const plain = relayed(SOLICIT, '2001:db8::1', 'fe80::7');
  t.equal(wayOf(plain, '2001:db8::9'), '[2001:db8::9]:547%0 by 9', 'a relay');
  t.equal(wayOf(plain, 'fe80::9'), '[fe80::9]:547%3 by 9', 'a relay on the link');
  const withPort = relayed(SOLICIT, '2001:db8::1', 'fe80::7', opt(OptionCode.relaySourcePort, [0, 0]));
  t.equal(wayOf(withPort, '2001:db8::9'), `[2001:db8::9]:${SOURCE_PORT}%0 by 9`, 'RFC 8357');
  const inner = relayed(withPort, '2001:db8::2', 'fe80::8');
  t.equal(wayOf(inner, '2001:db8::9'), '[2001:db8::9]:547%0 by 9', 'the outermost relay counts');
  t.equal(wayOf(withPort, '2001:db8::9', 1547), '[2001:db8::9]:1547%0 by 9', 'a port for all replies');
  t.equal(Present.relayPort, 4);
});
