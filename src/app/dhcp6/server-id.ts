/**
 * The DUID of the server: made once of what the configuration says and of the hardware, and kept in the file that Kea keeps it in,
 * so that clients know a server that was started again, or that took the place of a Kea. [RFC8415 11]
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { formatHex } from '../../base/hex.ts';
import type { ServerConfig6, ServerIdConfig } from '../../config/dhcp6/model.ts';
import { DuidType } from '../../dhcp6/codes.ts';
import { LLT_EPOCH_SEC, parseDuid, readDuid } from '../../dhcp6/duid.ts';
import { syncDirectory, systemFiles } from '../../journal/files.ts';
import { type Change, together } from '../change.ts';

/** What a hardware address is taken from. */
export interface HardwareLink {
  readonly hardwareType: number;
  readonly hardwareAddress: Uint8Array;
  readonly isLoopback: boolean;
}

/** [Kea] Of the Internet Systems Consortium. */
const ENTERPRISE_DEFAULT = 2495;
const ENTERPRISE_IDENTIFIER_BYTES = 6;
const HARDWARE_BYTES_MIN = 6;
const ETHERNET = 1;

const FILE_NAME = 'kea-dhcp6-serverid';
const FILE_MODE = 0o640;

/** What of a configuration takes part. */
export type ServerIdSettings = Pick<ServerConfig6, 'serverId'> & {
  readonly leaseDatabase: Pick<ServerConfig6['leaseDatabase'], 'path'>;
};

/** Where it is kept: beside the lease file. */
export function serverIdFile({ leaseDatabase }: ServerIdSettings): string {
  return join(dirname(leaseDatabase.path), FILE_NAME);
}

export class ServerId {
  readonly #links: () => readonly HardwareLink[];
  readonly #clock: Pick<Clock, 'wallSec'>;
  #octets: Uint8Array | null = null;

  /** @param links the interfaces of the machine */
  constructor(links: () => readonly HardwareLink[], clock: Pick<Clock, 'wallSec'>) {
    this.#links = links;
    this.#clock = clock;
  }

  /** The DUID in force. Pre: a configuration is. */
  get octets(): Uint8Array {
    return this.#octets!;
  }

  /**
   * The DUID by a configuration: what that leaves open is as in the file, if the DUID there is of the same type, or made up. Where
   * there is no file yet, the DUID in force stands for it.
   * @throws an Error that says what is wrong with the file; nothing has changed
   */
  prepare(config: ServerIdSettings): Change {
    const path = serverIdFile(config);
    const stored = readStored(path);
    const duid = makeDuid(config.serverId, stored ?? this.#octets, this.#links(), this.#clock);
    const isWritten = config.serverId.persist && (stored === null || Buffer.compare(stored, duid) !== 0);
    if (isWritten) writeStored(path, duid);
    return {
      ...together([]),
      commit: () => {
        this.#octets = duid;
      },
      abandon: async () => {
        if (!isWritten) return;
        if (stored === null) rmSync(path, { force: true });
        else writeStored(path, stored);
      },
    };
  }
}

function readStored(path: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(path, 'latin1').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`cannot read the server's DUID from ${path}: ${(error as Error).message}`);
  }
  const duid = parseDuid(text);
  if (duid !== null) return duid;
  // Another DUID would make a stranger of this server: nobody but an operator may decide that.
  throw new Error(`${path} holds no DUID: write the server's DUID into it as hex with colons, or remove it`);
}

/** Durable when it returns: an empty file after a loss of power would keep the server from starting. */
function writeStored(path: string, duid: Uint8Array): void {
  const next = `${path}.next`;
  try {
    writeFileSync(next, formatHex(duid), { flush: true, mode: FILE_MODE });
    renameSync(next, path);
    syncDirectory(systemFiles, path);
  } catch (error) {
    throw new Error(
      `cannot keep the server's DUID in ${path}: ${(error as Error).message}; ` +
        `make the directory writable, or set server-id with "persist": false and all of its parts`,
    );
  }
}

function makeDuid(
  config: ServerIdConfig,
  stored: Uint8Array | null,
  links: readonly HardwareLink[],
  clock: Pick<Clock, 'wallSec'>,
): Uint8Array {
  const former = stored === null ? ({ kind: 'other' } as const) : readDuid(stored);
  if (config.type === 'EN') {
    const known = former.kind === 'en' ? former : null;
    const enterprise = config.enterpriseId || known?.enterprise || ENTERPRISE_DEFAULT;
    const identifier =
      config.identifier.length > 0
        ? config.identifier
        : (known?.identifier ?? randomBytes(ENTERPRISE_IDENTIFIER_BYTES));
    return Buffer.concat([half(DuidType.en), word(enterprise), identifier]);
  }
  const isLlt = config.type === 'LLT';
  const known = former.kind === (isLlt ? 'llt' : 'll') ? former : null;
  const hardware = known !== null && 'linkLayerAddress' in known ? known : null;
  const link = links.find(isUsable);
  const address =
    config.identifier.length > 0
      ? config.identifier
      : (hardware?.linkLayerAddress ?? link?.hardwareAddress ?? randomBytes(HARDWARE_BYTES_MIN));
  const type = half(config.htype || hardware?.hardwareType || link?.hardwareType || ETHERNET);
  if (!isLlt) return Buffer.concat([half(DuidType.ll), type, address]);
  const formerSec = former.kind === 'llt' ? former.timeSec - LLT_EPOCH_SEC : 0;
  const time = config.time || formerSec || clock.wallSec() - LLT_EPOCH_SEC;
  return Buffer.concat([half(DuidType.llt), type, word(time), address]);
}

/** [Kea] The first interface with an address of six octets or more that is not all zeros. */
function isUsable({ hardwareAddress, isLoopback }: HardwareLink): boolean {
  return (
    !isLoopback &&
    hardwareAddress.length >= HARDWARE_BYTES_MIN &&
    hardwareAddress.some((octet) => octet !== 0)
  );
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}
