/** When a lease stream is opened, taken and left: by what heartbeats say, by reloads, by other certificates. */
import t from 'tap';
import { StreamKeeper, type StreamKeeperParts } from '../../../src/app/ha/stream-keeper.ts';
import type { StreamSocket } from '../../../src/io/stream-socket.ts';
import type { PeerCredentials } from '../../../src/peer/credentials.ts';
import type { StreamOpening } from '../../../src/peer/model.ts';
import { recordLog } from '../../peer/support/log.ts';

const NOTHING = new Uint8Array(0);

/** A keeper whose client and stream do what the test says. */
class Scene {
  readonly calls: string[] = [];
  readonly log = recordLog();
  isOpen = false;
  isExpected = false;
  /** Timers that run, with their delays. */
  readonly timers: { readonly delayMs: number; readonly action: () => void }[] = [];
  #end: () => void = () => {};
  readonly #openings: ((opening: StreamOpening) => void)[] = [];
  readonly keeper: StreamKeeper;

  constructor(isOpener = true) {
    const { calls } = this;
    const partner = {
      name: 'server2',
      openStream: (name: string) => {
        calls.push(`asks as ${name}`);
        return new Promise<StreamOpening>((resolve) => this.#openings.push(resolve));
      },
    } as Partial<StreamKeeperParts['partner']> as StreamKeeperParts['partner'];
    const scene = this;
    this.keeper = new StreamKeeper({
      partner,
      serverName: 'server1',
      isOpener,
      log: this.log.log,
      timers: {
        after: (delayMs, action) => {
          const timer = { delayMs, action };
          this.timers.push(timer);
          return () => void this.timers.splice(this.timers.indexOf(timer), 1);
        },
      },
      stream: {
        onEnd: (listener) => {
          this.#end = listener;
        },
        source: {
          synchronize: async () => ({ kind: 'refused', reason: 'no' }),
          abandon() {},
          progress: () => null,
        } as Partial<StreamKeeperParts['stream']['source']> as StreamKeeperParts['stream']['source'],
        get isUp() {
          return scene.isOpen;
        },
        get isOpen() {
          return scene.isOpen;
        },
        open: (socket) => {
          calls.push(`uses ${socket.remote}`);
          scene.isOpen = true;
        },
        leave: async (reason) => void calls.push(`leaves: ${reason}`),
        expect: (on) => {
          this.isExpected = on;
        },
        arrival: async (msMax) => void calls.push(`waits ${msMax}`),
        dropIdle: (reason) => void calls.push(`drops: ${reason}`),
      },
    });
  }

  /** The stream that is open ends. */
  end(): void {
    this.isOpen = false;
    this.#end();
  }

  /** The one timer that runs comes due. @returns its delay, null when there is none */
  tick(): number | null {
    const [timer] = this.timers.splice(0, 1);
    timer?.action();
    return timer?.delayMs ?? null;
  }

  /** Why there is no stream, as the log has it. */
  reasons(): unknown[] {
    return this.log.events.map(({ fields }) => fields['reason']);
  }

  socket(remote = 'the partner'): StreamSocket {
    const end = (how: string) => () => void this.calls.push(`${how} ${remote}`);
    return { fd: -1, remote, secrets: null, close: end('closes'), reset: end('resets') };
  }

  /** The answer to the oldest request for a stream. */
  async answer(opening: StreamOpening): Promise<void> {
    this.#openings.shift()!(opening);
    await new Promise(setImmediate);
  }

  opened(): Promise<void> {
    return this.answer({ kind: 'open', socket: this.socket(), head: NOTHING });
  }
}

/** What two sets of certificates differ in. */
const certificates = (digest: string) => ({ tls: { digest }, login: null }) as unknown as PeerCredentials;

t.test('the primary opens one when the partner offers a version that is spoken here', async (t) => {
  const scene = new Scene();
  const { keeper, calls } = scene;
  keeper.heard([]);
  keeper.heard([2, 4]);
  t.same(calls, [], 'a Kea, or a Tandem of later days');
  keeper.heard([3, 1]);
  keeper.heard([3]);
  t.same(calls, ['asks as server1'], 'once at a time');
  await scene.opened();
  keeper.heard([3]);
  t.same(calls, ['asks as server1', 'uses the partner']);
});

t.test('what fails is tried again with each heartbeat, and logged when it is something new', async (t) => {
  const scene = new Scene();
  for (const reason of ['refused', 'refused', 'no route']) {
    scene.keeper.heard([3]);
    await scene.answer({ kind: 'failed', reason });
  }
  t.equal(scene.calls.length, 3);
  t.match(scene.reasons(), ['refused', 'no route']);
  scene.keeper.heard([3]);
  await scene.opened();
  scene.isOpen = false;
  scene.keeper.heard([3]);
  await scene.answer({ kind: 'failed', reason: 'no route' });
  t.equal(scene.reasons().length, 3, 'again, after one was there');
});

t.test('a server that is no opener opens none, and takes those of its partner alone', async (t) => {
  const scene = new Scene(false);
  const { keeper, calls } = scene;
  keeper.heard([3]);
  t.same(calls, []);
  keeper.accept('server3', scene.socket('somebody'), NOTHING);
  keeper.accept('server2', scene.socket(), NOTHING);
  keeper.accept('server2', scene.socket('a newer one'), NOTHING);
  t.same(calls, ['closes somebody', 'uses the partner', 'uses a newer one']);
  t.match(scene.reasons(), [/"server3" at somebody opens a stream that is not expected/]);
  const opener = new Scene();
  opener.keeper.accept('server2', opener.socket(), NOTHING);
  t.same(opener.calls, ['closes the partner'], 'two primaries open none');
});

t.test('it is left when the partner offers none any more', async (t) => {
  const scene = new Scene();
  scene.isOpen = true;
  scene.keeper.heard([]);
  t.match(scene.calls, ['leaves: the partner takes no stream any more']);
});

t.test(
  'an opening that was under way while the partner moved is closed, and the next one used',
  async (t) => {
    const scene = new Scene();
    const { keeper, calls } = scene;
    keeper.heard([3]);
    keeper.moved();
    await scene.opened();
    t.same(calls.splice(0), ['asks as server1', 'closes the partner'], 'it may lead to somebody else');
    keeper.heard([3]);
    await scene.opened();
    t.same(calls.splice(0), ['asks as server1', 'uses the partner']);
    keeper.moved();
    t.match(calls, ['leaves: the partner is elsewhere from now on']);
  },
);

t.test('an opening that ends when the relationship has ended is closed', async (t) => {
  const scene = new Scene();
  scene.keeper.heard([3]);
  scene.keeper.close();
  await scene.opened();
  t.same(scene.calls, ['asks as server1', 'closes the partner']);
  scene.keeper.heard([3]);
  t.equal(scene.calls.length, 2);
});

t.test('a heartbeat without an answer closes what is idle', async (t) => {
  const scene = new Scene();
  scene.keeper.missed();
  t.match(scene.calls, ['drops: the partner has not answered a heartbeat']);
});

t.test('other certificates or passwords end it, the same ones again do not', async (t) => {
  const scene = new Scene();
  scene.isOpen = true;
  const shown = (tls: string | null, login: string | null): PeerCredentials =>
    ({
      tls: tls === null ? null : { digest: tls },
      login: login === null ? null : { digest: login },
    }) as unknown as PeerCredentials;
  const { keeper, calls } = scene;
  const renew = (peer: string, tls: string | null, login: string | null): string[] => {
    keeper.renewed(peer, shown(tls, login));
    return calls.splice(0);
  };
  t.same(renew('server1', 'one', null), [], 'those of the start');
  t.same(renew('server2', 'one', 'secret'), []);
  t.same(renew('server1', 'one', null), []);
  t.match(renew('server1', 'two', null), ['leaves: certificates or passwords were replaced']);
  t.match(renew('server2', 'one', 'other'), ['leaves: certificates or passwords were replaced']);
  t.match(renew('server2', null, 'other'), ['leaves: certificates or passwords were replaced']);
  t.same(renew('backup1', 'one', null), []);
  t.same(renew('backup1', 'two', null), [], 'a backup has no stream');
});

t.test('an opening that was under way with the certificates of before is closed', async (t) => {
  const scene = new Scene();
  scene.keeper.renewed('server2', certificates('one'));
  scene.keeper.heard([3]);
  scene.keeper.renewed('server2', certificates('two'));
  await scene.opened();
  t.same(scene.calls, ['asks as server1', 'closes the partner']);
});

t.test('when one has ended the next is opened at once', async (t) => {
  const scene = new Scene();
  scene.keeper.heard([3]);
  await scene.opened();
  scene.end();
  t.equal(scene.tick(), 0);
  await scene.opened();
  t.same(scene.calls, ['asks as server1', 'uses the partner', 'asks as server1', 'uses the partner']);
  t.same(scene.timers, [], 'nothing more is to be done');
});

t.test('what fails or ends again and again is tried later and later, then behind a heartbeat', async (t) => {
  const scene = new Scene();
  const { keeper } = scene;
  keeper.heard([3]);
  await scene.opened();
  scene.end();
  t.equal(scene.tick(), 0);
  await scene.answer({ kind: 'failed', reason: 'refused' });
  t.equal(scene.tick(), 100);
  await scene.opened();
  scene.end();
  t.equal(scene.tick(), 1000);
  await scene.answer({ kind: 'failed', reason: 'refused' });
  t.equal(scene.tick(), null);
  keeper.heard([3]);
  await scene.opened();
  scene.end();
  t.equal(scene.tick(), 0, 'a good heartbeat begins anew');
});

t.test('it is not opened again where nobody is known to take it', async (t) => {
  const ended = async (why: (scene: Scene) => void, isOpener = true): Promise<number | null> => {
    const scene = new Scene(isOpener);
    scene.keeper.heard([3]);
    if (isOpener) await scene.opened();
    why(scene);
    scene.end();
    return scene.tick();
  };
  t.equal(await ended(({ keeper }) => keeper.missed()), null, 'a heartbeat got no answer');
  t.equal(await ended(({ keeper }) => keeper.heard([])), null, 'the partner takes none any more');
  t.equal(await ended(({ keeper }) => keeper.moved()), null, 'it has moved');
  t.equal(await ended(({ keeper }) => keeper.close()), null, 'the relationship ends');
  const passive = new Scene(false);
  passive.keeper.heard([3]);
  passive.end();
  passive.tick();
  t.same(passive.calls, [], 'the other server opens it');
});

t.test('who synchronizes has time to wait for a stream that is expected', async (t) => {
  const scene = new Scene();
  await scene.keeper.source();
  t.same(scene.calls, ['waits 5000']);
});

t.test('a try that waits for its time is given up with what it was for', async (t) => {
  const scene = new Scene();
  scene.keeper.heard([3]);
  await scene.opened();
  scene.end();
  scene.keeper.missed();
  t.same(scene.timers, []);
  scene.keeper.heard([3]);
  scene.end();
  scene.keeper.heard([3]);
  t.same(scene.timers, [], 'the heartbeat opens one itself');
});

t.test('with other certificates it is opened again at once, also when one was being opened', async (t) => {
  const scene = new Scene();
  scene.keeper.renewed('server2', certificates('one'));
  scene.keeper.heard([3]);
  scene.keeper.renewed('server2', certificates('two'));
  await scene.opened();
  t.equal(scene.tick(), 0);
  await scene.opened();
  scene.keeper.renewed('server2', certificates('three'));
  scene.end();
  t.equal(scene.tick(), 100);
  t.same(scene.calls, [
    'asks as server1',
    'closes the partner',
    'asks as server1',
    'uses the partner',
    'leaves: certificates or passwords were replaced',
    'asks as server1',
  ]);
});
