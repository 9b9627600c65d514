/** Certificates that openssl makes for one test, valid from and until the second that the test wants. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** In milliseconds from now; negative is the past. */
export interface Life {
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface Issued {
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** An authority of its own in a directory of its own. @throws Error of openssl */
export class Authority {
  readonly #directory: string;
  readonly certificate: string;
  #issued = 0;

  constructor(parent: string, name: string, life: Life = {}) {
    const directory = join(parent, name);
    mkdirSync(directory);
    this.#directory = directory;
    this.certificate = this.#at('authority.pem');
    writeFileSync(this.#at('index.txt'), '');
    writeFileSync(this.#at('serial'), '01');
    writeFileSync(this.#at('openssl.cnf'), configuration(directory));
    this.#request(name, 'authority');
    const own = ['-selfsign', '-keyfile', this.#at('authority-key.pem'), '-extensions', 'authority'];
    this.#sign('authority', own, life);
  }

  /** A new key with its certificate, in files that no earlier call used. */
  issue(name: string, life: Life = {}): Issued {
    const stem = `${name}-${++this.#issued}`;
    this.#request(name, stem);
    const own = [
      '-cert',
      this.certificate,
      '-keyfile',
      this.#at('authority-key.pem'),
      '-extensions',
      'server',
    ];
    this.#sign(stem, own, life);
    return { certificate: this.#at(`${stem}.pem`), key: this.#at(`${stem}-key.pem`) };
  }

  #at(name: string): string {
    return join(this.#directory, name);
  }

  #request(commonName: string, stem: string): void {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const out = ['-keyout', this.#at(`${stem}-key.pem`), '-out', this.#at(`${stem}.csr`)];
    openssl('req', '-new', ...key, '-subj', `/CN=${commonName}`, ...out);
  }

  #sign(stem: string, own: readonly string[], { fromMs = -DAY_MS, untilMs = 2 * DAY_MS }: Life): void {
    const dates = ['-startdate', asn1Time(fromMs), '-enddate', asn1Time(untilMs)];
    const files = ['-in', this.#at(`${stem}.csr`), '-out', this.#at(`${stem}.pem`)];
    openssl('ca', '-batch', '-notext', '-config', this.#at('openssl.cnf'), ...own, ...dates, ...files);
  }
}

function configuration(directory: string): string {
  return `[ca]
default_ca = this
[this]
database = ${directory}/index.txt
serial = ${directory}/serial
new_certs_dir = ${directory}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
[server]
basicConstraints = critical,CA:FALSE
`;
}

/** YYYYMMDDHHMMSSZ */
function asn1Time(offsetMs: number): string {
  return `${new Date(Date.now() + offsetMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
