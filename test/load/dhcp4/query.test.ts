import t from 'tap';
import { MessageType } from '../../../src/dhcp4/codes.ts';
import { DESCRIPTOR_WORDS, Field, Present } from '../../../src/dhcp4/descriptor.ts';
import {
  QUERY_BYTES,
  QueryWriter,
  queryBytes,
  VENDOR_CLASS_BYTES_MAX,
} from '../../../src/load/dhcp4/query.ts';
import { clientOfHardwareAddress } from '../../../src/load/identity.ts';
import { INPUT_OFFSET, LENGTHS_OFFSET, MEMORY_PAGES, RESULTS_OFFSET } from '../../../src/wasm/layout.ts';
import { ClassifierTwin } from '../../oracle/classify4.ts';

const RELAY = 0x7f000003;
const QUERY = {
  xid: 0xfedcba98,
  client: 0x80000001,
  secs: 300,
  ciaddr: 0,
  requestedAddress: 0x0a000001,
  serverIdentifier: 0x7f000002,
};

/** Field of a query as the server's own classifier understands it. */
function classified(
  messageType: number,
  fields: typeof QUERY,
  more?: ConstructorParameters<typeof QueryWriter>[2],
): (field: number) => number {
  const memory = new ArrayBuffer(MEMORY_PAGES * 65536);
  new QueryWriter(RELAY, 3, more).write(new Uint8Array(memory), INPUT_OFFSET, messageType, fields);
  new DataView(memory).setUint32(LENGTHS_OFFSET, queryBytes({ identity: 'hardware', ...more }), true);
  new ClassifierTwin(memory).classify(1);
  const words = new Int32Array(memory, RESULTS_OFFSET, DESCRIPTOR_WORDS);
  return (field) => words[field]! >>> 0;
}

t.test('a REQUEST is understood by the classifier as it was meant', async (t) => {
  const field = classified(MessageType.request, QUERY);
  t.equal(field(Field.malformed), 0);
  t.equal(field(Field.messageType), MessageType.request);
  t.equal(field(Field.giaddr), RELAY);
  t.equal(field(Field.secs), 300);
  t.equal(field(Field.requestedAddress), 0x0a000001);
  t.equal(field(Field.serverIdentifier), 0x7f000002);
  t.equal(field(Field.clientIdLength), 7);
  t.equal(field(Field.requestListLength), 8);
});

t.test('a DISCOVER asks for no address and names no server', async (t) => {
  const field = classified(MessageType.discover, QUERY);
  t.equal(field(Field.malformed), 0);
  t.equal(field(Field.present) & (Present.requestedAddress | Present.serverIdentifier), 0);
});

t.test('a relay tells in which of its subnets the client is, in a query as full as it can be', async (t) => {
  const more = { links: { first: 0x0a000000, count: 1000 }, vendorClass: 'x'.repeat(VENDOR_CLASS_BYTES_MAX) };
  for (const [client, link] of [
    [0, 0x0a000000],
    [999, 0x0a03e700],
    [1001, 0x0a000100],
  ] as const) {
    const field = classified(MessageType.request, { ...QUERY, client }, more);
    t.equal(field(Field.malformed), 0);
    t.equal(field(Field.linkSelection), link);
    t.equal(field(Field.requestListLength), 8);
  }
  t.throws(() => new QueryWriter(RELAY, 3, { links: null, vendorClass: 'sixteen letters.' }));
});

t.test('clients with DUIDs have identifiers of 19 octets and host names of 12, each its own', async (t) => {
  const more = {
    identity: 'duid',
    links: { first: 0x0a000000, count: 10 },
    vendorClass: 'fifteen letters',
  } as const;
  const length = queryBytes(more);
  t.equal(length, 332);
  const [one, other] = [0, 0x0fffffff].map((client) => {
    const bytes = new Uint8Array(length + 1).fill(0xee);
    new QueryWriter(RELAY, 3, more).write(bytes, 0, MessageType.request, { ...QUERY, client });
    t.equal(bytes[length], 0xee, 'no octet too many');
    return Buffer.from(bytes);
  });
  t.equal(one!.subarray(243, 264).toString('hex'), '3d13ff0000000000010001' + '2e000000' + '020300000000');
  t.equal(other!.subarray(243, 264).toString('hex'), '3d13ff0fffffff00010001' + '2e000000' + '02030fffffff');
  t.equal(one!.subarray(264, 278).toString('latin1'), '\x0c\x0chost-0000000');
  t.equal(other!.subarray(264, 278).toString('latin1'), '\x0c\x0chost-fffffff');
  const field = classified(MessageType.request, { ...QUERY, client: 7 }, more);
  t.equal(field(Field.malformed), 0);
  t.equal(field(Field.clientIdLength), 19);
  t.equal(field(Field.linkSelection), 0x0a000700);
  t.throws(() =>
    new QueryWriter(RELAY, 3, more).write(new Uint8Array(length), 0, 1, { ...QUERY, client: 2 ** 28 }),
  );
});

t.test('a client is found again by its hardware address, and nobody else is', async (t) => {
  const bytes = new Uint8Array(QUERY_BYTES);
  new QueryWriter(RELAY, 3).write(bytes, 0, MessageType.discover, QUERY);
  const hardwareAddress = bytes.slice(28, 34);
  t.equal(clientOfHardwareAddress(hardwareAddress, 3), QUERY.client);
  t.equal(clientOfHardwareAddress(hardwareAddress, 4), -1);
  t.equal(clientOfHardwareAddress(hardwareAddress.subarray(0, 5), 3), -1);
  hardwareAddress[0] = 0;
  t.equal(clientOfHardwareAddress(hardwareAddress, 3), -1);
});
