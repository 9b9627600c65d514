/**
 * Machines that boot from the network, in two stages: the firmware with a client identifier made of the machine's UUID and
 * options 60, 93, 94 and 97, then iPXE with another identifier, option 175 and user class 77. Classes choose the boot file by
 * architecture and stage; Kea and Tandem give the same answers, message for message.
 */
import t from 'tap';
import { MessageType } from '../../src/dhcp4/codes.ts';
import { ip, packet, type Reply } from '../engine/packets.ts';
import { besideKea } from './beside-kea.ts';
import { askAsRelay, ORDERLY } from './comparing.ts';
import { ADDRESS, type ServerName } from './configuration.ts';
import { needServers } from './kea.ts';
import { KEAS_IN_TURN } from './turn.ts';

type Option = readonly [number, readonly number[]];

const text = (value: string): number[] => [...Buffer.from(value)];
const PXE = "substring(option[60].hex,0,9) == 'PXEClient'";
const IPXE = "option[77].hex == 'iPXE' or option[175].exists";
const bootClass = (name: string, test: string, file: string, more: object = {}) => ({
  name,
  test,
  'next-server': '10.64.0.40',
  'boot-file-name': file,
  ...more,
});

const DHCP4 = {
  ...ORDERLY,
  'next-server': '10.64.0.49',
  'option-def': [{ name: 'ipxe', code: 175, type: 'binary' }],
  'option-data': [
    { name: 'routers', data: '10.64.0.9' },
    { name: 'vendor-class-identifier', data: 'PXEClient' },
  ],
  'client-classes': [
    bootClass('ipxe', IPXE, 'http://10.64.0.40/boot.ipxe', {
      'option-data': [{ name: 'boot-file-name', data: 'http://10.64.0.40/boot.ipxe' }],
    }),
    bootClass('uefi64', `${PXE} and option[93].hex == 0x0007 and not member('ipxe')`, 'ipxe.efi', {
      'option-data': [
        { name: 'tftp-server-name', data: '10.64.0.40' },
        { name: 'boot-file-name', data: 'ipxe.efi' },
      ],
      'server-hostname': 'boot.example.org',
    }),
    bootClass(
      'uefi-http',
      `substring(option[60].hex,0,10) == 'HTTPClient' and option[93].hex == 0x0010`,
      'http://10.64.0.40/ipxe.efi',
      {
        'option-data': [{ name: 'vendor-class-identifier', data: 'HTTPClient', 'always-send': true }],
      },
    ),
    bootClass('arm64', `${PXE} and option[93].hex == 0x000b`, 'ipxe-arm64.efi'),
    bootClass('bios', `${PXE} and option[93].hex == 0x0000 and not member('ipxe')`, 'undionly.kpxe', {
      'option-data': [
        { name: 'tftp-server-name', data: 'tftp.example.org' },
        // [PXE 2.1] Discovery control: do not look for boot servers by multicast or broadcast.
        { code: 43, data: '060108ff', 'csv-format': false },
      ],
    }),
  ],
  subnet4: [
    {
      id: 1,
      subnet: '10.64.0.0/14',
      pools: [{ pool: '10.65.0.0 - 10.65.255.255' }],
      reservations: [
        { 'hw-address': '02:00:00:00:06:09', 'boot-file-name': 'own.efi', 'next-server': '10.64.0.41' },
      ],
    },
  ],
};

const ASKED = [
  1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128,
  129,
];

/** What the firmware of a machine says. */
function firmware(machine: number, architecture: number, vendor: string): Option[] {
  const uuid = [0, ...new Array(15).fill(0x30), machine];
  return [
    [55, ASKED],
    [57, [0x05, 0xc0]],
    [97, uuid],
    [94, [1, 3, 16]],
    [93, [architecture >>> 8, architecture & 255]],
    [60, text(`${vendor}:Arch:${String(architecture).padStart(5, '0')}:UNDI:003016`)],
    [61, uuid],
  ];
}

/** What iPXE says on the same machine. */
function ipxe(machine: number, architecture: number): Option[] {
  return [
    [57, [0x05, 0xc0]],
    [93, [architecture >>> 8, architecture & 255]],
    [94, [1, 3, 10]],
    [60, text(`PXEClient:Arch:${String(architecture).padStart(5, '0')}:UNDI:003010`)],
    [77, text('iPXE')],
    [55, [1, 3, 6, 7, 12, 15, 17, 43, 60, 66, 67, 119, 128, 129, 175, 203]],
    [175, [177, 5, 1, 0x80, 0x86, 0x15, 0x1f, 24, 1, 1, 34, 1, 1]],
    [61, [1, 2, 0, 0, 0, 6, machine]],
    [97, [0, ...new Array(15).fill(0x30), machine]],
  ];
}

interface Row {
  readonly what: string;
  readonly datagram: Uint8Array;
}

/** DISCOVER and REQUEST of both stages for each kind of machine. */
function boots(server: ServerName): Row[] {
  const machines: readonly (readonly [what: string, architecture: number, vendor: string])[] = [
    ['BIOS', 0, 'PXEClient'],
    ['UEFI', 7, 'PXEClient'],
    ['UEFI, byte code', 9, 'PXEClient'],
    ['ARM', 11, 'PXEClient'],
    ['UEFI by HTTP', 16, 'HTTPClient'],
    ['something else', 7, 'OtherClient'],
  ];
  const rows: Row[] = [];
  for (const [index, [what, architecture, vendor]] of machines.entries()) {
    // The last octet of machine 9 is that of the reservation.
    const machine = index + 4;
    const mac = `02:00:00:00:06:${machine.toString(16).padStart(2, '0')}`;
    const stages = [
      ['firmware', firmware(machine, architecture, vendor), 1],
      ['iPXE', ipxe(machine, architecture), 2],
    ] as const;
    for (const [stage, options, part] of stages) {
      const address = `10.65.${part}.${machine}`;
      const common = { mac, giaddr: ADDRESS.load, flags: stage === 'firmware' ? 0x8000 : 0 };
      const add = (kind: string, type: number, more: readonly Option[]): void => {
        const xid = rows.length + 1;
        rows.push({
          what: `${what}, ${stage}, ${kind}`,
          datagram: packet({ ...common, type, xid, secs: 4 * part, options: [...more, ...options] }),
        });
      };
      add('DISCOVER', MessageType.discover, [[50, ip(address)]]);
      add('REQUEST', MessageType.request, [
        [50, ip(address)],
        [54, ip(ADDRESS[server])],
      ]);
      add('INFORM', MessageType.inform, []);
    }
  }
  return rows;
}

/** All of an answer but what is the server's own. */
function answerOf(server: ServerName, reply: Reply | null): unknown {
  if (reply === null) return 'silence';
  const own = Buffer.from(ip(ADDRESS[server])).toString('hex');
  const options = [...reply.options].map(([code, data]) =>
    `${code}=${Buffer.from(data).toString('hex')}`.replace(own, 'own'),
  );
  const { type, yiaddr, siaddr, ciaddr, giaddr, sname, file, flags, hops, mac } = reply;
  return { type, yiaddr, siaddr, ciaddr, giaddr, sname, file, flags, hops, mac, codes: reply.codes, options };
}

for (const version of KEAS_IN_TURN)
  t.test(`machines that boot get from Tandem what they get from ${version}`, async (t) => {
    if (!needServers(t, [version], ['ip'])) return;
    const { network, kea, own } = besideKea(t, version, DHCP4);
    await Promise.all([kea.start(), own.start()]);
    const byKea = await askAsRelay(network, 'server1', boots('server1'));
    const bySubject = await askAsRelay(network, 'server2', boots('server2'));
    const files = new Set<string>();
    for (const [index, { what, reply }] of bySubject.entries()) {
      t.same(answerOf('server2', reply), answerOf('server1', byKea[index]!.reply), what);
      if (reply !== null) files.add(reply.file);
    }
    t.ok(files.has('undionly.kpxe') && files.has('ipxe.efi') && files.has('http://10.64.0.40/boot.ipxe'));
    t.ok(files.size >= 6, [...files].join(', '));
    await Promise.all([kea.stop(), own.stop()]);
  });
