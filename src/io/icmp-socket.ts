/** Raw sockets that hear the answers to this server's own ICMP echo requests. icmp(7), raw(7), RFC 792 */
import { attachProgram, Bpf, type Instruction } from './bpf.ts';
import { grantAdvice } from './capabilities.ts';
import { Errno, lastErrno, libc, systemError } from './libc.ts';
import { setReceiveBuffer } from './socket-options.ts';

const AF_INET = 2;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const IPPROTO_ICMP = 1;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const RECEIVE_BUFFER_BYTES = 1 << 20;

/** A socket, and the identifier of the requests whose answers it hears. */
export interface EchoSocket {
  readonly fd: number;
  /** 0..65535, no other's of this process. */
  readonly identifier: number;
}

/**
 * Opens a non-blocking socket.
 * @returns its descriptor; any thread may use it, the caller closes it
 * @throws an Error with `code` = the errno name, and a message that says what to do
 */
export function openEchoSocket(identifier: number): EchoSocket {
  const fd = libc.socket(AF_INET, SOCK_RAW_NONBLOCK_CLOEXEC, IPPROTO_ICMP);
  if (fd < 0) throw openError(lastErrno());
  try {
    attachProgram(fd, SOL_SOCKET, SO_ATTACH_FILTER, echoFilter(identifier), 'cannot filter ICMP messages');
    if (!setReceiveBuffer(fd, RECEIVE_BUFFER_BYTES)) throw openError(lastErrno());
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return { fd, identifier };
}

const ECHO_REPLY = 0;
const UNREACHABLE = 3;
const IDENTIFIER_OFFSET = 4;
/** In an "unreachable": behind its own header the request follows, with an IPv4 header that has no options. */
const REQUEST_IDENTIFIER_OFFSET = 8 + 20 + IDENTIFIER_OFFSET;

/** Takes echo replies with this identifier, and what says that a request with it could not be delivered. */
function echoFilter(identifier: number): Instruction[] {
  return [
    { code: Bpf.loadHeaderLength, operand: 0 },
    { code: Bpf.loadOctetAtX, operand: 0 },
    { code: Bpf.jumpIfEqual, operand: ECHO_REPLY, ifFalse: 2 },
    { code: Bpf.loadHalfAtX, operand: IDENTIFIER_OFFSET },
    { code: Bpf.jump, operand: 3 },
    { code: Bpf.jumpIfEqual, operand: UNREACHABLE, ifTrue: 1 },
    { code: Bpf.returnOperand, operand: 0 },
    { code: Bpf.loadHalfAtX, operand: REQUEST_IDENTIFIER_OFFSET },
    { code: Bpf.jumpIfEqual, operand: identifier, ifTrue: 1 },
    { code: Bpf.returnOperand, operand: 0 },
    { code: Bpf.returnOperand, operand: 0xffffffff },
  ];
}

function openError(errno: number): Error {
  const isDenied = errno === Errno.EPERM || errno === Errno.EACCES;
  const advice = isDenied ? 'ping checks need CAP_NET_RAW; '.concat(grantAdvice()) : '';
  return systemError('cannot open a socket for ping checks', errno, advice);
}
