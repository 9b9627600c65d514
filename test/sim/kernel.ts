/**
 * The system calls of a simulated machine, as far as servers make them: datagram sockets, eventfds, streams, poll. They work on the
 * very structures that the product lays out for Linux.
 */
import {
  HEADER_CONTROL_LENGTH,
  HEADER_FLAGS,
  HEADER_LENGTH,
  HEADER_WORDS,
} from '../../src/io/message-vector.ts';
import type { Memory } from './memory.ts';
import { type Place, readPlace, writePlace } from './socket-address.ts';

export const EAGAIN = 11;
const EBADF = 9;
const EPIPE = 32;

const POLLIN = 0x001;
const POLLOUT = 0x004;
const POLLHUP = 0x010;
const POLLNVAL = 0x020;
const POLLRDHUP = 0x2000;

/** Octets that one side of a stream takes before it must wait. */
const STREAM_BYTES = 256 * 1024;
/** Datagrams that wait in a socket; further ones are lost, as in the kernel. */
const DATAGRAMS_MAX = 512;

export interface Datagram {
  readonly from: Place;
  readonly bytes: Uint8Array;
}

interface Descriptor {
  readonly kind: 'udp' | 'event' | 'stream' | 'file';
  /** POLL* that hold now. */
  readiness(): number;
  /** Threads that sleep until it is ready. */
  readonly sleepers: Set<Sleeper>;
  close(): void;
}

/** A thread that may be woken. */
export interface Sleeper {
  wake(): void;
}

export class UdpDescriptor implements Descriptor {
  readonly kind = 'udp';
  readonly sleepers = new Set<Sleeper>();
  readonly #waiting: Datagram[] = [];
  /** Where it is bound. */
  place: Place = { address: '', port: 0 };
  lost = 0;

  readiness(): number {
    return (this.#waiting.length > 0 ? POLLIN : 0) | POLLOUT;
  }

  deliver(datagram: Datagram): void {
    if (this.#waiting.length >= DATAGRAMS_MAX) {
      this.lost++;
      return;
    }
    this.#waiting.push(datagram);
    wakeAll(this.sleepers);
  }

  take(): Datagram | undefined {
    return this.#waiting.shift();
  }

  close(): void {
    this.#waiting.length = 0;
  }
}

class EventDescriptor implements Descriptor {
  readonly kind = 'event';
  readonly sleepers = new Set<Sleeper>();
  isSet = false;

  readiness(): number {
    return (this.isSet ? POLLIN : 0) | POLLOUT;
  }

  close(): void {}
}

/** What carries the octets of a stream to the other side. */
export interface StreamWay {
  /** Octets leave; they arrive in order, later. */
  send(bytes: Uint8Array): void;
  /** The descriptor was closed here. */
  close(): void;
  /** The reader has taken octets: as many may follow. */
  taken(count: number): void;
}

export class StreamDescriptor implements Descriptor {
  readonly kind = 'stream';
  readonly sleepers = new Set<Sleeper>();
  readonly #way: StreamWay;
  #received: Uint8Array[] = [];
  #isEnded = false;
  #isBroken = false;
  #underWay = 0;

  constructor(way: StreamWay) {
    this.#way = way;
  }

  readiness(): number {
    const isOver = this.#isEnded || this.#isBroken;
    return (
      (this.#received.length > 0 || isOver ? POLLIN : 0) |
      (this.#underWay < STREAM_BYTES || this.#isBroken ? POLLOUT : 0) |
      (isOver ? POLLRDHUP : 0) |
      (this.#isBroken ? POLLHUP : 0)
    );
  }

  arrive(bytes: Uint8Array): void {
    this.#received.push(bytes);
    wakeAll(this.sleepers);
  }

  /** The other side has taken octets. */
  acknowledged(count: number): void {
    this.#underWay -= count;
    wakeAll(this.sleepers);
  }

  /** The other side sends no more. */
  end(): void {
    this.#isEnded = true;
    wakeAll(this.sleepers);
  }

  /** Nothing arrives any more, in either direction. */
  break(): void {
    this.#isBroken = true;
    this.#received = [];
    wakeAll(this.sleepers);
  }

  /** @returns octets, 0 = the end, or minus an errno */
  read(into: Uint8Array): number {
    if (this.#isBroken) return -EPIPE;
    let count = 0;
    while (count < into.length && this.#received.length > 0) {
      const first = this.#received[0]!;
      const part = Math.min(first.length, into.length - count);
      into.set(first.subarray(0, part), count);
      count += part;
      if (part === first.length) this.#received.shift();
      else this.#received[0] = first.subarray(part);
    }
    if (count > 0) this.#way.taken(count);
    else if (!this.#isEnded) return -EAGAIN;
    return count;
  }

  write(bytes: Uint8Array): number {
    if (this.#isBroken) return -EPIPE;
    const count = Math.min(bytes.length, STREAM_BYTES - this.#underWay);
    if (count <= 0) return -EAGAIN;
    this.#underWay += count;
    this.#way.send(bytes.slice(0, count));
    return count;
  }

  close(): void {
    this.#way.close();
  }
}

function wakeAll(sleepers: Set<Sleeper>): void {
  for (const sleeper of sleepers) sleeper.wake();
  sleepers.clear();
}

/** What the kernel does for whoever calls. */
export interface KernelHost {
  /** A datagram leaves the machine. */
  sendDatagram(to: Place, bytes: Uint8Array): void;
  /** Chance: 0..below-1. */
  below(below: number): number;
  /** The thread that makes the call. */
  readonly currentThread: (Sleeper & { pollTimeoutMs: number; wasReady: boolean }) | null;
  wallMs(): number;
}

export class Kernel {
  readonly #host: KernelHost;
  readonly #memory: Memory;
  readonly #descriptors = new Map<number, Descriptor>();
  #nextFd = 100;
  errno = 0;

  constructor(host: KernelHost, memory: Memory) {
    this.#host = host;
    this.#memory = memory;
  }

  /** Gives a datagram to one of the sockets of a place (SO_REUSEPORT), whichever: programs that choose only save time. */
  deliver({ address, port }: Place, datagram: Datagram): void {
    const sockets = [...this.#descriptors.values()].filter(
      (each): each is UdpDescriptor =>
        each instanceof UdpDescriptor && each.place.port === port && each.place.address === address,
    );
    if (sockets.length > 0) sockets[this.#host.below(sockets.length)]!.deliver(datagram);
  }

  add(descriptor: Descriptor): number {
    const fd = this.#nextFd++;
    this.#descriptors.set(fd, descriptor);
    return fd;
  }

  /** The process has ended. */
  closeAll(): void {
    for (const each of this.#descriptors.values()) each.close();
    this.#descriptors.clear();
  }

  // System calls. Each returns what that of its name does.

  socket(): number {
    return this.add(new UdpDescriptor());
  }

  bind(fd: number, address: number): number {
    const socket = this.#descriptors.get(fd);
    if (!(socket instanceof UdpDescriptor)) return this.#fail(EBADF);
    socket.place = readPlace(this.#wordsAt(address));
    return 0;
  }

  getsockname(fd: number, address: number): number {
    const socket = this.#descriptors.get(fd);
    if (!(socket instanceof UdpDescriptor)) return this.#fail(EBADF);
    writePlace(this.#wordsAt(address), socket.place);
    return 0;
  }

  #wordsAt(address: number): (count: number) => Uint32Array {
    return (count) => this.#memory.words(address, count);
  }

  eventfd(): number {
    return this.add(new EventDescriptor());
  }

  close(fd: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor === undefined) return this.#fail(EBADF);
    this.#descriptors.delete(fd);
    descriptor.close();
    return 0;
  }

  read(fd: number, address: number, length: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor instanceof EventDescriptor) {
      if (!descriptor.isSet) return this.#fail(EAGAIN);
      descriptor.isSet = false;
      return 8;
    }
    if (!(descriptor instanceof StreamDescriptor)) return this.#fail(EBADF);
    return this.#result(descriptor.read(this.#memory.at(address, length)));
  }

  write(fd: number, address: number, length: number): number {
    const descriptor = this.#descriptors.get(fd);
    if (descriptor instanceof EventDescriptor) {
      descriptor.isSet = true;
      wakeAll(descriptor.sleepers);
      return 8;
    }
    if (!(descriptor instanceof StreamDescriptor)) return this.#fail(EBADF);
    return this.#result(descriptor.write(this.#memory.at(address, length)));
  }

  recvmmsg(fd: number, headers: number, count: number): number {
    const socket = this.#descriptors.get(fd);
    if (!(socket instanceof UdpDescriptor)) return this.#fail(EBADF);
    let received = 0;
    for (; received < count; received++) {
      const datagram = socket.take();
      if (datagram === undefined) break;
      this.#receive(headers + received * HEADER_WORDS * 4, datagram);
    }
    return received === 0 ? this.#fail(EAGAIN) : received;
  }

  /** Nothing is said beside the octets: servers have replies to relays leave by the socket that the query came to. */
  #receive(header: number, { from, bytes }: Datagram): void {
    const words = this.#memory.words(header, HEADER_WORDS);
    writePlace(this.#wordsAt(pointerAt(words, 0)), from);
    const vector = this.#memory.words(pointerAt(words, 4), 4);
    const into = this.#memory.at(pointerAt(vector, 0), vector[2]!);
    into.set(bytes.subarray(0, into.length));
    words[HEADER_CONTROL_LENGTH] = 0;
    words[HEADER_FLAGS] = 0;
    words[HEADER_LENGTH] = bytes.length;
  }

  sendmmsg(fd: number, headers: number, count: number): number {
    const socket = this.#descriptors.get(fd);
    if (!(socket instanceof UdpDescriptor)) return this.#fail(EBADF);
    for (let i = 0; i < count; i++) {
      const words = this.#memory.words(headers + i * HEADER_WORDS * 4, HEADER_WORDS);
      const vector = this.#memory.words(pointerAt(words, 4), 4);
      const bytes = this.#memory.at(pointerAt(vector, 0), vector[2]!).slice();
      this.#host.sendDatagram(readPlace(this.#wordsAt(pointerAt(words, 0))), bytes);
    }
    return count;
  }

  /** Never waits: the thread is run again when something is ready, or the time is over. */
  poll(entries: number, count: number, timeoutMs: number): number {
    const words = this.#memory.words(entries, count * 2);
    let ready = 0;
    for (let i = 0; i < count; i++) {
      const answer = this.#answer(words[i * 2]! | 0, words[i * 2 + 1]! & 0xffff);
      words[i * 2 + 1] = (words[i * 2 + 1]! & 0xffff) | (answer << 16);
      if (answer !== 0) ready++;
    }
    const thread = this.#host.currentThread;
    if (thread === null) return ready;
    thread.wasReady = ready > 0;
    thread.pollTimeoutMs = timeoutMs;
    if (ready === 0)
      for (let i = 0; i < count; i++) this.#descriptors.get(words[i * 2]! | 0)?.sleepers.add(thread);
    return ready;
  }

  #answer(fd: number, wanted: number): number {
    if (fd < 0) return 0;
    const descriptor = this.#descriptors.get(fd);
    if (descriptor === undefined) return POLLNVAL;
    return descriptor.readiness() & (wanted | POLLHUP);
  }

  clock_gettime(_clock: number, address: number): number {
    const words = this.#memory.words(address, 4);
    const ms = this.#host.wallMs();
    words[0] = Math.floor(ms / 1000);
    words[2] = (ms % 1000) * 1e6;
    return 0;
  }

  /** Locks, options and programs: everybody gets what he asks for. */
  succeed(): number {
    return 0;
  }

  #result(count: number): number {
    return count >= 0 ? count : this.#fail(-count);
  }

  #fail(errno: number): -1 {
    this.errno = errno;
    return -1;
  }
}

function pointerAt(words: Uint32Array, index: number): number {
  return words[index]! + words[index + 1]! * 0x1_0000_0000;
}
