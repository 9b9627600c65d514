/** The control sockets that are open, and who of them works with files of certificates and passwords. */
import type { ControlSocketConfig, HttpSocketConfig } from '../../config/control-model.ts';
import type { CommonConfig } from '../../config/model.ts';
import { type ControlSocket, type ControlSocketOptions, openControlSocket } from '../../control/server.ts';
import type { CredentialUser } from './credential-files.ts';
import type { ListenerSpec, OpenListener } from './listeners.ts';

class ControlPort implements OpenListener {
  readonly socket: ControlSocket;

  constructor(socket: ControlSocket) {
    this.socket = socket;
  }

  close(graceMs: number): Promise<void> {
    return this.socket.close(graceMs);
  }
}

export class ControlPorts {
  readonly #options: ControlSocketOptions;
  #open = new Map<ControlSocketConfig, ControlSocket>();

  constructor(options: ControlSocketOptions) {
    this.#options = options;
  }

  /** The sockets that a configuration asks for. */
  listeners({ controlSockets }: CommonConfig): ListenerSpec[] {
    return controlSockets.map((socket) => ({
      key: JSON.stringify(socket),
      at: socket.kind === 'http' ? { host: socket.address, port: socket.port } : null,
      open: async () => new ControlPort(await openControlSocket(socket, this.#options)),
      renew: (listener) => {
        if (listener instanceof ControlPort) this.#open.set(socket, listener.socket);
      },
    }));
  }

  /** Forgets the sockets of before. @param config that in force */
  keep({ controlSockets }: CommonConfig): void {
    this.#open = new Map([...this.#open].filter(([socket]) => controlSockets.includes(socket)));
  }

  /** An entry for the certificate and each client of each socket, so that their files are followed. */
  credentialUsers(): CredentialUser[] {
    return [...this.#open].flatMap(([config, socket]) =>
      config.kind === 'http' ? usersOf(config, socket) : [],
    );
  }
}

function usersOf(config: HttpSocketConfig, socket: ControlSocket): CredentialUser[] {
  const name = `control socket ${config.address} port ${config.port}`;
  const { tls: paths, clients } = config;
  const tls = paths && { trustAnchor: paths.trustAnchor, certFile: paths.certFile, keyFile: paths.keyFile };
  const certificate: CredentialUser = {
    server: '',
    peer: { name, tls, basicAuth: null },
    renew: ({ tls: next }) => {
      const { logins } = socket.credentials!();
      socket.renew!({ tls: next, logins });
    },
  };
  const logins = clients.map(
    (client, index): CredentialUser => ({
      server: '',
      peer: { name, tls: null, basicAuth: client },
      renew: ({ login }) => {
        const used = socket.credentials!();
        if (login !== null) socket.renew!({ ...used, logins: used.logins.with(index, login) });
      },
    }),
  );
  return [...(tls === null ? [] : [certificate]), ...logins];
}
