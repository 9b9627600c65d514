/**
 * Every error code that an operator can meet, one table. Errors are thrown for configuration, start-up and programmer
 * faults only; what comes over the wire is answered or counted instead. docs/errors.md lists the same codes.
 */
import createError, { type FastifyError } from '@fastify/error';

/** `text` takes the arguments at `%s`; `meaning` tells the operator what to do. */
export interface ErrorEntry {
  readonly text: string;
  readonly meaning: string;
}

export const errorCatalogue = {
  TDM_ERR_CONTROL_LISTEN: {
    text: 'cannot listen for control commands on %s: %s',
    meaning:
      'The address is not one of this machine, or another program (perhaps another server) has the port. Change `socket-address` or `socket-port` of the control socket.',
  },
  TDM_ERR_SOCKET_PATH_TOO_LONG: {
    text: 'the control socket path "%s" has %s octets, at most %s are possible',
    meaning:
      'The kernel keeps the path of a unix socket in a field of fixed size. Give `socket-name` a shorter path.',
  },
  TDM_ERR_SOCKET_PATH_TAKEN: {
    text: 'the control socket path "%s" is taken by a file that is not a socket',
    meaning:
      'Nothing but a socket that nobody listens on is ever removed. Choose another `socket-name`, or remove the file after looking what it is.',
  },
  TDM_ERR_SOCKET_IN_USE: {
    text: 'another process listens on the control socket "%s"',
    meaning:
      'A second server was started with the same configuration, or two sockets have the same name. Stop the other one or change `socket-name`.',
  },
  TDM_ERR_SOCKET_UNUSABLE: {
    text: 'cannot use the control socket path "%s": %s',
    meaning: 'The directory is missing or this user may not write to it. Create it, or change `socket-name`.',
  },
  TDM_ERR_LOG_FILE: {
    text: 'cannot write the log to "%s": %s',
    meaning:
      'The directory is missing, or the user of the server may not write there. Create it or change `output` of the logger; nothing but the file itself is ever made.',
  },
  TDM_ERR_PEER_NOT_THIS_HOST: {
    text: 'this-server-name is "%s", whose url %s is no address of this host, which has %s; start it with the file of this host, or set peer-listen-address where the url is an address outside',
    meaning:
      "The server was started with the other server's file, or with its name: give each host the file that names it, or use `--this-server-name`. Where the url is right but an address outside, as that of a container, set `peer-listen-address` in `user-context/tandem` to an address of this host, `0.0.0.0` for all; see docs/ha.md.",
  },
  TDM_ERR_PEER_LISTEN: {
    text: 'cannot listen for the peers of "%s" on %s: %s',
    meaning:
      "Another program (perhaps another server) has the port of this server's own `url`. Stop it, or change the `url` in the files of all servers of the relationship.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/**
 * Makes an error of the catalogue.
 * @param args what stands at the `%s` of its text, in order
 * @param cause the error behind it, kept as `cause`
 */
export function tandemError(code: ErrorCode, args: readonly string[], cause?: unknown): FastifyError {
  const Constructor = createError<unknown[]>(code, errorCatalogue[code].text);
  return cause === undefined ? new Constructor(...args) : new Constructor(...args, { cause });
}
