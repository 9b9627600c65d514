/** Writing a whole OFFER into its slot, against the way a packet is usually built: options as objects, then concatenated. */

import { DDNS_DEFAULTS } from '../src/config/ddns-model.ts';
import {
  BOOTREPLY,
  MessageType,
  OP_OFFSET,
  OPTIONS_OFFSET,
  OptionCode,
  XID_OFFSET,
  YIADDR_OFFSET,
} from '../src/dhcp4/codes.ts';
import { BOOTP_BYTES_MIN, replyBytesFor } from '../src/dhcp4/reply-size.ts';
import { ClientNames } from '../src/engine/names/names.ts';
import { compileNames } from '../src/engine/names/names-settings.ts';
import { Query, type ServerSocket } from '../src/engine/query.ts';
import { OptionMemory } from '../src/engine/reply/encoded-options.ts';
import { mergeScopes } from '../src/engine/reply/option-merge.ts';
import { ReplyWriter } from '../src/engine/reply/reply.ts';
import { INPUT_OFFSET } from '../src/wasm/layout.ts';
import { Classifier } from '../src/wasm/module.ts';
import { createQuery } from './clients.ts';
import { compare, DIGEST_SEED, foldBytes, sizeOf } from './harness.ts';
import type { Bench } from './model.ts';

const NO_NAME = new Uint8Array(0);
const YIADDR = 0x0a010203;
const SERVER = 0x7f000001;
const MASK = 0xff000000;
const TIMES = { leaseSec: 7200, t1Sec: 3600, t2Sec: 6300 };
const CONFIGURED = [
  {
    code: OptionCode.routers,
    data: Uint8Array.of(10, 0, 0, 1),
    parts: null,
    alwaysSend: false,
    neverSend: false,
    clientClasses: [],
  },
  {
    code: OptionCode.domainNameServers,
    data: Uint8Array.of(10, 0, 0, 2, 10, 0, 0, 3),
    parts: null,
    alwaysSend: false,
    neverSend: false,
    clientClasses: [],
  },
  {
    code: OptionCode.domainName,
    data: new TextEncoder().encode('example.org'),
    parts: null,
    alwaysSend: false,
    neverSend: false,
    clientClasses: [],
  },
];
const SOCKET: ServerSocket = {
  fd: -1,
  address: SERVER,
  interfaceName: 'lo',
  broadcast: false,
  replyFd: -1,
  broadcastFd: -1,
  joinMax: 0,
  raw: null,
};

export const encode: Bench = {
  name: 'encode',
  question: 'What does it cost to write one complete OFFER with its configured options?',
  run: ({ scale }) => {
    const replies = sizeOf(scale, 100, 300_000);
    const datagram = createQuery(1, MessageType.discover);
    const slot = new Uint8Array(replyBytesFor(0));
    const write = createWriter(datagram, slot);
    let length = 0;
    let built: Uint8Array = new Uint8Array(0);
    return compare(
      {
        operations: replies,
        sameDigest: true,
        contenders: [
          {
            name: 'into the slot',
            run: () => {
              for (let i = 0; i < replies; i++) length = write();
            },
            digest: () => foldBytes(DIGEST_SEED, slot.subarray(0, length)),
          },
          {
            name: 'an object an option, Buffer.concat',
            run: () => {
              for (let i = 0; i < replies; i++) built = buildReply(datagram);
            },
            digest: () => foldBytes(DIGEST_SEED, built),
          },
        ],
      },
      scale,
    );
  },
};

/** The product's way: the query is classified, the reply is written. Returns the reply's length. */
function createWriter(datagram: Uint8Array, slot: Uint8Array): () => number {
  const classifier = new Classifier();
  classifier.bytes.set(datagram, INPUT_OFFSET);
  classifier.setLength(0, datagram.length);
  classifier.classify(1);
  const query = new Query(classifier.bytes, classifier.words);
  query.point(0, INPUT_OFFSET, SOCKET, 0, 0);
  const names = new ClientNames(query);
  const naming = compileNames(DDNS_DEFAULTS, false);
  const writer = new ReplyWriter({ bytes: slot, slotBytes: slot.length }, query, names);
  const { options, agent, vendors } = mergeScopes([{ options: CONFIGURED, vendorOptions: [] }], () => false);
  const plan = {
    ...new OptionMemory().encode(options),
    agent,
    vendors,
    serverIdentifier: 0,
    nextServer: 0,
    serverHostname: new Uint8Array(0),
    bootFileName: new Uint8Array(0),
  };
  return () => {
    names.begin();
    names.settle(naming, YIADDR, NO_NAME);
    writer.begin(0, MessageType.offer, YIADDR);
    writer.options(plan, SERVER, MASK, TIMES, true);
    return writer.finish(true);
  };
}

interface PlainOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** The same reply out of objects. */
function buildReply(query: Uint8Array): Buffer {
  const header = Buffer.from(query.subarray(0, OPTIONS_OFFSET));
  header[OP_OFFSET] = BOOTREPLY;
  header.fill(0, XID_OFFSET + 4, XID_OFFSET + 6);
  header.writeUInt32BE(YIADDR, YIADDR_OFFSET);
  const options: PlainOption[] = [
    ...CONFIGURED,
    { code: OptionCode.subnetMask, data: word(MASK) },
    { code: OptionCode.leaseTime, data: word(TIMES.leaseSec) },
    { code: OptionCode.serverIdentifier, data: word(SERVER) },
    { code: OptionCode.renewalTime, data: word(TIMES.t1Sec) },
    { code: OptionCode.rebindingTime, data: word(TIMES.t2Sec) },
    { code: OptionCode.clientIdentifier, data: clientIdentifierOf(query) },
  ];
  options.sort((a, b) => a.code - b.code);
  options.unshift({ code: OptionCode.messageType, data: Uint8Array.of(MessageType.offer) });
  const encoded = options.map(({ code, data }) => Buffer.from([code, data.length, ...data]));
  const reply = Buffer.concat([header, ...encoded, Buffer.of(OptionCode.end)]);
  return Buffer.concat([reply, Buffer.alloc(Math.max(0, BOOTP_BYTES_MIN - reply.length))]);
}

function clientIdentifierOf(query: Uint8Array): Uint8Array {
  let at = OPTIONS_OFFSET;
  while (query[at] !== OptionCode.clientIdentifier) at += 2 + query[at + 1]!;
  return query.subarray(at + 2, at + 2 + query[at + 1]!);
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
