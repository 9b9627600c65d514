/** A server whose every answer, counter and row is checked, for datagrams that no client should send. */
import { ByteRingReader } from '../../src/base/byte-ring.ts';
import { formatIpv4, maskOf } from '../../src/base/ipv4.ts';
import { MessageType } from '../../src/dhcp4/codes.ts';
import type { GlobalStatistic } from '../../src/engine/figures/statistics.ts';
import { RowDecoder } from '../../src/lease/dhcp4/csv-decode.ts';
import { RowFault } from '../../src/lease/dhcp4/csv-fault.ts';
import type { BenchServer } from './bench-server.ts';
import { expectedReply } from './expected-reply.ts';
import { fatesOf, grown } from './fates.ts';
import { ip, packet, type Reply } from './packets.ts';
import { mac, request, SERVER, serverFor } from './queries.ts';

type TestVoice = { fail(message: string): unknown; teardown(done: () => void): unknown };

const SETTINGS = {
  subnet4: [
    {
      id: 1,
      subnet: '10.0.0.0/24',
      pools: [{ pool: '10.0.0.10 - 10.0.0.250' }],
      relay: { 'ip-addresses': ['127.0.0.1'] },
    },
  ],
};

/** A server whose every datagram is checked; `ask` gives the counter that tells what became of it. */
export class CheckedServer {
  readonly #t: TestVoice;
  readonly server: BenchServer;
  readonly #rows: ByteRingReader;
  readonly #decoder = new RowDecoder();
  failures = 0;
  reply: Reply | null = null;

  constructor(t: TestVoice, dhcp4: Record<string, unknown> = {}) {
    this.#t = t;
    this.server = serverFor(t, { ...SETTINGS, ...dhcp4 });
    this.#rows = new ByteRingReader(this.server.bookMemory.changes.ring);
    // Reply slots that have been used: what they hold must not show up in any later reply.
    for (let client = 0xee00; client < 0xee20; client++) {
      this.server.ask(
        packet({
          mac: mac(client),
          options: [
            [61, new Array(200).fill(0xee)],
            [82, [1, 200, ...new Array(200).fill(0xee)]],
          ],
        }),
      );
    }
  }

  ask(datagram: Uint8Array): GlobalStatistic | undefined {
    const { server } = this;
    const before = fatesOf(server);
    const received = server.statistic('pkt4-received');
    this.reply = server.ask(datagram);
    const fates = grown(before, fatesOf(server));
    if (fates.length !== 1 || server.statistic('pkt4-received') !== received + 1)
      this.#fail(`counted as [${fates}]`, datagram);
    if (this.reply !== null) this.#checkReply(datagram, this.reply);
    this.#checkRows(datagram);
    return fates[0];
  }

  #checkReply(datagram: Uint8Array, reply: Reply): void {
    const { prefixLength } = this.server.config.subnets[0] ?? { prefixLength: 0 };
    const expected = expectedReply(datagram, reply, SERVER, ip(formatIpv4(maskOf(prefixLength))));
    if (Buffer.compare(reply.bytes, expected) !== 0)
      this.#fail(`answered ${Buffer.from(reply.bytes).toString('hex')}`, datagram);
  }

  /** What is written into the lease file can be read again. */
  #checkRows(datagram: Uint8Array): void {
    const record = { kind: 0, sequence: 0, offset: 0, length: 0 };
    while (this.#rows.next(record)) {
      const row = this.#rows.bytes.slice(record.offset, record.offset + record.length);
      const fault = this.#decoder.decode(row, 0, { min: 12, max: 12 });
      if (fault !== RowFault.none) this.#fail(`wrote a row with fault ${fault}`, datagram);
    }
    this.#rows.release();
  }

  #fail(what: string, datagram: Uint8Array): void {
    this.failures++;
    if (this.failures < 5) this.#t.fail(`${what}: ${Buffer.from(datagram).toString('hex')}`);
  }

  /** A client that behaves is served. */
  serves(): boolean {
    return this.ask(request(0xffff, '10.0.0.249')) === 'pkt4-sent' && this.reply?.type === MessageType.ack;
  }
}
