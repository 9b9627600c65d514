/** Records with tcpdump what servers are asked and answer, and reads the recording: the only witness of what was acknowledged. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from './network.ts';
import { BEGIN_MS, type RunningProgram } from './programs.ts';

/** BOOTREPLY to or from port 67; `udp[8]` is the op field. Kept whole up to a plain Ethernet frame. */
const REPLIES_FILTER = 'udp port 67 and udp[8] = 2';
/** All that is sent to a server or by it. */
export const ALL_MESSAGES = 'udp port 67';

export type ReplyType = 'discover' | 'request' | 'offer' | 'ack' | 'nak' | 'other';

export interface CapturedReply {
  /** Wall-clock milliseconds, with the kernel's microseconds as fraction. */
  readonly atMs: number;
  readonly server: string;
  readonly type: ReplyType;
  readonly xid: number;
  /** Lower-case colon hex. */
  readonly mac: string;
  /** yiaddr. */
  readonly address: string;
}

export interface Capture {
  /** Replies recorded so far; a later call finds them at the same places, and what came meanwhile behind them. */
  replies(): readonly CapturedReply[];
  /** Ends the recording. @throws Error when the kernel dropped packets, for then the witness is blind. */
  stop(): Promise<readonly CapturedReply[]>;
}

export interface CapturePlan {
  /** What is recorded: by default what servers answer. */
  readonly filter?: string;
  /**
   * Somebody waits for what is recorded: the kernel hands each packet over when it comes, not once a second. For loads of some
   * hundred packets a second, because it costs a wake-up a packet.
   */
  readonly isWatched?: boolean;
}

/** Starts recording on `segment` of `host` into `file`; resolves when tcpdump listens. */
export async function captureReplies(
  network: Network,
  host: string,
  segment: string,
  file: string,
  { filter = REPLIES_FILTER, isWatched = false }: CapturePlan = {},
): Promise<Capture> {
  const bounds = [
    '-s',
    '1600',
    '-B',
    '65536',
    '-U',
    '-Z',
    'root',
    ...(isWatched ? ['--immediate-mode'] : []),
  ];
  const program = network.start(host, 'tcpdump', ['-i', segment, '-n', ...bounds, '-w', file, filter]);
  await program.waitForOutput(/listening on/, BEGIN_MS);
  const recording = new Recording(file);
  return { replies: () => recording.replies(), stop: () => stopCapture(program, recording) };
}

async function stopCapture(program: RunningProgram, recording: Recording): Promise<readonly CapturedReply[]> {
  await caughtUp(program);
  await program.stop('SIGINT');
  const dropped = /(\d+) packets? dropped by kernel/.exec(program.output())?.[1];
  if (dropped !== '0')
    throw new Error(`tcpdump lost packets, the recording is incomplete:\n${program.output()}`);
  return recording.replies();
}

/** The kernel hands what it has recorded to tcpdump once a second when nobody watches, and what it still has at the end is lost. */
const HANDED_OVER_MS = 1_000;
const LOOK_MS = 20;

/** Resolves when tcpdump has read all that was recorded by now, as far as it tells. */
async function caughtUp(program: RunningProgram): Promise<void> {
  const endMs = performance.now() + 2 * HANDED_OVER_MS;
  while (program.isRunning() && performance.now() < endMs) {
    process.kill(program.pid, 'SIGUSR1');
    await sleep(LOOK_MS);
    const said = program.output().matchAll(/(\d+) packets? captured, (\d+) packets? received by filter/g);
    const [, captured, received] = [...said].at(-1) ?? [];
    if (captured !== undefined && captured === received) return;
  }
}

/** Queries that got the same kind of reply from two servers, as sentences; empty when each had one. */
export function findDoubleAnswers(replies: readonly CapturedReply[]): string[] {
  const answeredBy = new Map<string, string>();
  const twice: string[] = [];
  for (const { type, xid, mac, server } of replies) {
    const query = `${type} to ${mac} (xid ${xid})`;
    const other = answeredBy.get(query);
    if (other !== undefined && other !== server) twice.push(`${query} from ${other} and ${server}`);
    answeredBy.set(query, server);
  }
  return twice;
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;

/**
 * A pcap file as tcpdump writes it on a little-endian machine, read as it grows: stories ask many times a second what is in it by
 * now, and each record is parsed once.
 */
export class Recording {
  readonly #file: string;
  readonly #replies: CapturedReply[] = [];
  /** How far the file is read: whole records only. */
  #at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The replies that are written by now; a record still being written is left out. @throws Error when it is no such file */
  replies(): readonly CapturedReply[] {
    const bytes = readFrom(this.#file, this.#at);
    let at = 0;
    if (this.#at === 0) {
      if (bytes.length < FILE_HEADER_BYTES) return this.#replies;
      if (bytes.readUInt32LE(0) !== MAGIC_MICROSECONDS)
        throw new Error(`${this.#file} is not a pcap file of this machine`);
      at = FILE_HEADER_BYTES;
    }
    while (at + RECORD_HEADER_BYTES <= bytes.length) {
      const atMs = bytes.readUInt32LE(at) * 1000 + bytes.readUInt32LE(at + 4) / 1000;
      const end = at + RECORD_HEADER_BYTES + bytes.readUInt32LE(at + 8);
      if (end > bytes.length) break;
      const reply = readFrame(bytes.subarray(at + RECORD_HEADER_BYTES, end), atMs);
      if (reply !== null) this.#replies.push(reply);
      at = end;
    }
    this.#at += at;
    return this.#replies;
  }
}

/** The octets of a file from `position` to its present end. */
function readFrom(file: string, position: number): Buffer {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, fstatSync(fd).size - position));
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, position));
  } finally {
    closeSync(fd);
  }
}

const ETHERNET_BYTES = 14;
const UDP_BYTES = 8;
/** Offsets in the BOOTP message. */
const XID = 4;
const YIADDR = 16;
const CHADDR = 28;
const OPTIONS = 240;

function readFrame(frame: Buffer, atMs: number): CapturedReply | null {
  const ipBytes = (frame.readUInt8(ETHERNET_BYTES) & 0x0f) * 4;
  const message = frame.subarray(ETHERNET_BYTES + ipBytes + UDP_BYTES);
  if (message.length < OPTIONS) return null;
  return {
    atMs,
    server: dotted(frame, ETHERNET_BYTES + 12),
    type: replyType(message),
    xid: message.readUInt32BE(XID),
    mac: [...message.subarray(CHADDR, CHADDR + 6)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join(':'),
    address: dotted(message, YIADDR),
  };
}

/** Option 53; the options up to it are walked, pad (0) and end (255) included. */
function replyType(message: Buffer): ReplyType {
  let at = OPTIONS;
  while (at + 2 < message.length && message[at] !== 255) {
    if (message[at] === 0) at += 1;
    else if (message[at] === 53) return typeOfCode(message[at + 2]);
    else at += 2 + (message[at + 1] ?? 0);
  }
  return 'other';
}

const TYPES: readonly (ReplyType | undefined)[] = [
  undefined,
  'discover',
  'offer',
  'request',
  undefined,
  'ack',
  'nak',
];

function typeOfCode(code: number | undefined): ReplyType {
  return TYPES[code ?? 0] ?? 'other';
}

function dotted(bytes: Buffer, at: number): string {
  return bytes.subarray(at, at + 4).join('.');
}
