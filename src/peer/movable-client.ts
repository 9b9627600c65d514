/**
 * A peer that may move: other URL, credentials or number of connections. Requests that are under way end where they were
 * sent, later ones go to the new place; whoever holds the client notices nothing, so that no update and no verdict is
 * lost between the two.
 */
import type { PeerCredentials } from './credentials.ts';
import type { PeerAnswer, PeerClient, RenewablePeerClient, StreamOpening } from './model.ts';

interface Place {
  readonly client: RenewablePeerClient;
  inFlight: number;
  isLeft: boolean;
}

export class MovablePeerClient implements RenewablePeerClient {
  readonly name: string;
  readonly role: PeerClient['role'];
  #place: Place;
  readonly #left = new Set<Place>();

  constructor(client: RenewablePeerClient) {
    this.name = client.name;
    this.role = client.role;
    this.#place = { client, inFlight: 0, isLeft: false };
  }

  /** Sends to another place from now on. @param client to the same peer; closed by this one */
  move(client: RenewablePeerClient): void {
    const before = this.#place;
    this.#place = { client, inFlight: 0, isLeft: false };
    before.isLeft = true;
    this.#left.add(before);
    this.#closeIdle(before);
  }

  get failure(): string | null {
    return this.#place.client.failure;
  }

  renew(credentials: PeerCredentials): void {
    this.#place.client.renew(credentials);
  }

  request(command: string, args: object | null, timeoutMs: number): Promise<PeerAnswer> {
    return this.#at(this.#place, (client) => client.request(command, args, timeoutMs));
  }

  requestBytes(body: Uint8Array, timeoutMs: number): Promise<PeerAnswer> {
    return this.#at(this.#place, (client) => client.requestBytes(body, timeoutMs));
  }

  openStream(serverName: string, timeoutMs: number): Promise<StreamOpening> {
    return this.#at(this.#place, (client) => client.openStream(serverName, timeoutMs));
  }

  async close(): Promise<void> {
    await Promise.all([this.#place, ...this.#left].map(({ client }) => client.close()));
  }

  async #at<T>(place: Place, send: (client: RenewablePeerClient) => Promise<T>): Promise<T> {
    place.inFlight++;
    try {
      return await send(place.client);
    } finally {
      place.inFlight--;
      this.#closeIdle(place);
    }
  }

  #closeIdle(place: Place): void {
    if (!place.isLeft || place.inFlight > 0 || !this.#left.delete(place)) return;
    void place.client.close();
  }
}
