/** Lease updates of a modelled Kea: one request a lease, a backlog, and what became of those that were refused. */
import { type KeaLease, RELEASED } from './leases.ts';
import type { PartnerLink } from './partner-link.ts';

export interface Change {
  readonly lease: KeaLease;
  readonly isDeleted: boolean;
}

const CONFLICT = 4;

export class Updates {
  readonly #link: PartnerLink;
  readonly #backlogMax: number;
  #backlog: Change[] = [];
  isBacklogOverflown = false;
  /** Clients whose leases the partner has refused. */
  readonly #rejected = new Set<string>();
  /** Transactions that the partner was not told of. */
  unsent = 0;

  constructor(link: PartnerLink, backlogMax: number) {
    this.#link = link;
    this.#backlogMax = backlogMax;
  }

  get rejectedClients(): number {
    return this.#rejected.size;
  }

  forgive(): void {
    this.#rejected.clear();
  }

  /** @returns whether the partner has taken all of a transaction: only then its client is answered */
  async tell(changes: readonly Change[], client: string): Promise<boolean> {
    const answers = await Promise.all(changes.map((change) => this.#send(change)));
    for (const answer of answers)
      if (answer === 'taken') this.#rejected.delete(client);
      else if (answer === 'conflict') this.#rejected.add(client);
      else this.#link.lose();
    return answers.every((answer) => answer === 'taken');
  }

  async #send({ lease, isDeleted }: Change): Promise<'taken' | 'conflict' | 'failed'> {
    const { address, hwAddress, clttSec, validSec, state } = lease;
    const answer = await this.#link.ask(isDeleted ? 'lease4-del' : 'lease4-update', {
      'ip-address': address,
      'hw-address': hwAddress,
      'subnet-id': 1,
      'valid-lft': state === RELEASED ? 0 : validSec,
      expire: clttSec + validSec,
      'fqdn-fwd': false,
      'fqdn-rev': false,
      hostname: '',
      state,
      origin: 'ha-partner',
      ...(isDeleted ? {} : { 'force-create': true }),
    });
    if (answer?.result === 0 || answer?.result === 3) return 'taken';
    return answer?.result === CONFLICT ? 'conflict' : 'failed';
  }

  keep(changes: readonly Change[]): void {
    for (const change of changes)
      if (this.#backlog.length < this.#backlogMax) this.#backlog.push(change);
      else this.isBacklogOverflown = true;
  }

  /** One after the other. @returns whether all went */
  async sendBacklog(): Promise<boolean> {
    if (this.isBacklogOverflown) return false;
    while (this.#backlog.length > 0) {
      if ((await this.#send(this.#backlog[0]!)) !== 'taken') return false;
      this.#backlog.shift();
    }
    return true;
  }

  clearBacklog(): void {
    this.#backlog = [];
    this.isBacklogOverflown = false;
  }
}
