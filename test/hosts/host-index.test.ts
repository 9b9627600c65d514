import fc from 'fast-check';
import t from 'tap';
import { HOST_IDENTIFIERS } from '../../src/config/host-model.ts';
import { HostIndex, kindOf, NO_IDENTIFIER } from '../../src/hosts/host-index.ts';
import { ReservedAddresses } from '../../src/hosts/reserved-addresses.ts';
import { hostOf } from '../engine/networks.ts';

const host = fc.record({
  identifier: fc.constantFrom(...HOST_IDENTIFIERS),
  identifierBytes: fc.uint8Array({ minLength: 1, maxLength: 3, max: 2 }),
  subnetId: fc.nat(4),
});

t.test('what is found is what looking at every host finds', async () => {
  fc.assert(
    fc.property(fc.array(host, { maxLength: 60 }), fc.array(host), (parts, asked) => {
      const hosts = parts.map(hostOf);
      const index = new HostIndex(hosts);
      return [...parts, ...asked].every(({ identifier, identifierBytes, subnetId }) => {
        const expected = hosts.find(
          (each) =>
            each.identifier === identifier &&
            each.subnetId === subnetId &&
            Buffer.compare(each.identifierBytes, identifierBytes) === 0,
        );
        // Inside other octets, as in a datagram.
        const bytes = Uint8Array.of(9, ...identifierBytes, 9);
        const number = index.find(kindOf(identifier), bytes, 1, identifierBytes.length);
        return (number === NO_IDENTIFIER ? null : index.host(number, subnetId)) === (expected ?? null);
      });
    }),
    { seed: 3, numRuns: 300 },
  );
});

t.test('an address lists each of its hosts', async (t) => {
  const hosts = ['10.0.0.9', '10.0.0.1', '10.0.0.9'].map((address, hw) => hostOf({ hw, address }));
  const reserved = new ReservedAddresses(hosts);
  const first = reserved.first(0x0a000009);
  t.same(
    [first, first + 1].map((at) => reserved.hostAt(at, 0x0a000009)),
    [hosts[0], hosts[2]],
  );
  t.equal(reserved.hostAt(first + 2, 0x0a000009), null);
  t.equal(reserved.first(0x0a000002), -1);
  t.equal(new ReservedAddresses([]).first(0), -1);
});
