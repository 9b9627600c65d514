/** The watch with real sockets of this machine's loopback, and interfaces, notices, time and shards of the test's own. */
import { readdirSync } from 'node:fs';
import t from 'tap';
import { InterfaceWatch, type InterfaceWatchParts } from '../../../src/app/sockets/interface-watch.ts';
import { ServerSockets, type SocketKinds4 } from '../../../src/app/sockets/sockets.ts';
import type { ServiceSocketsConfig } from '../../../src/config/model.ts';
import type { ServerSocket } from '../../../src/engine/query.ts';
import type { NetworkInterface } from '../../../src/io/interfaces.ts';
import { closeFd, openUdpSocket } from '../../../src/io/udp.ts';
import type { Log } from '../../../src/log/logger.ts';
import type { LogId } from '../../../src/log/messages.ts';
import { link, named } from '../links.ts';
import { freeUdpPort } from '../process.ts';

const PATIENT: ServiceSocketsConfig = { reDetect: true, requireAll: false, maxRetries: 0, retryWaitMs: 5000 };

function settings(interfaces: readonly string[], more: Partial<ServiceSocketsConfig> = {}) {
  return {
    interfaces: interfaces.map(named),
    socketType: 'udp' as const,
    serviceSockets: { ...PATIENT, ...more },
    tandem: { joinReplies: 'auto' as const },
  };
}

/** Loopback addresses stand for those of interfaces: 127.0.0.0/8 can be bound without preparation. */
function eth(number: number, addresses: readonly string[], more: Partial<NetworkInterface> = {}) {
  return link(`eth${number}`, number + 100, addresses, { canBroadcast: false, ...more });
}

class Scene {
  links: readonly NetworkInterface[];
  readonly port = freeUdpPort();
  readonly logged: { id: LogId; fields: Readonly<Record<string, unknown>> }[] = [];
  given: readonly (readonly ServerSocket[])[] = [];
  gives = 0;
  lists = 0;
  areShardsHung = false;
  isListRefused = false;
  givenUp = 0;
  #hasNotice = false;
  #nowMs = 0;
  #timer: (() => void) | null = null;
  readonly parts: InterfaceWatchParts<SocketKinds4>;

  constructor(links: readonly NetworkInterface[], shards = 1) {
    this.links = links;
    const log: Log = (id, fields = {}) => this.logged.push({ id, fields });
    this.parts = {
      sockets: new ServerSockets({ port: this.port, shards }, log),
      clock: { wallSec: () => 0, wallMs: () => 0, monotonicMs: () => this.#nowMs },
      timers: {
        after: (_delayMs, action) => {
          this.#timer = action;
          return () => {
            this.#timer = null;
          };
        },
      },
      log,
      list: () => {
        this.lists += 1;
        if (this.isListRefused) throw new Error('ENOMEM');
        return [...this.links];
      },
      notices: {
        take: () => {
          const had = this.#hasNotice;
          this.#hasNotice = false;
          return had;
        },
        close: () => {},
      },
      onGivenUp: () => {
        this.givenUp += 1;
      },
    };
  }

  async start(config: ReturnType<typeof settings>): Promise<InterfaceWatch<SocketKinds4>> {
    const watch = InterfaceWatch.open(this.parts, config);
    await watch.begin(async (lists) => {
      this.gives += 1;
      if (this.areShardsHung) return false;
      this.given = lists;
      return true;
    });
    watch.watch();
    return watch;
  }

  /** The interfaces are others from now on, and the kernel says so. */
  change(links: readonly NetworkInterface[]): void {
    this.links = links;
    this.#hasNotice = true;
  }

  /** The timer goes off, later by `ms`. */
  async tick(watch: InterfaceWatch<SocketKinds4>, ms = 500): Promise<void> {
    this.#nowMs += ms;
    const action = this.#timer;
    this.#timer = null;
    action?.();
    await watch.settled();
  }

  /** "eth1 127.0.1.1" of the first shard's sockets. */
  served(): string[] {
    return (this.given[0] ?? []).map(({ interfaceName, address }) => `${interfaceName} ${address & 0xffff}`);
  }

  ids(): string[] {
    return this.logged.map(({ id }) => id);
  }
}

function openSockets(): number {
  return readdirSync('/proc/self/fd').length;
}

t.test(
  'what comes later is served without a reload, what goes is closed, what stays is not touched',
  async (t) => {
    const scene = new Scene([eth(1, ['127.0.1.1'])], 2);
    const watch = await scene.start(settings(['*']));
    t.teardown(() => watch.close());
    const kept = scene.given.map((list) => list[0]!.fd);
    scene.change([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1'])]);
    await scene.tick(watch);
    t.same(scene.served(), ['eth1 257', 'eth2 513']);
    t.same(
      scene.given.map((list) => list[0]!.fd),
      kept,
      'the sockets of eth1 are the same',
    );
    const open = openSockets();
    scene.change([eth(1, ['127.0.1.1'])]);
    await scene.tick(watch);
    t.same(scene.served(), ['eth1 257']);
    t.same(
      scene.given.map((list) => list[0]!.fd),
      kept,
    );
    t.equal(openSockets(), open - 2, 'a socket a shard was closed');
  },
);

t.test('without a notice nothing is listed, and without a change nothing is given', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['eth1']));
  t.teardown(() => watch.close());
  const { lists, gives } = scene;
  for (let i = 0; i < 100; i++) await scene.tick(watch);
  t.equal(scene.lists, lists);
  scene.change(scene.links);
  await scene.tick(watch);
  t.equal(scene.lists, lists + 1);
  t.equal(scene.gives, gives, 'the shards are left alone');
});

t.test('whether replies leave joined follows the interfaces and the configuration', async (t) => {
  const lo = link('lo', 1, ['127.0.0.1'], { isLoopback: true, mtu: 65_536 });
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['*'], { reDetect: false }));
  t.teardown(() => watch.close());
  const joined = (): number[] => scene.given[0]!.map(({ joinMax }) => joinMax);
  t.same(joined(), [0], 'there is no loopback interface');
  scene.change([eth(1, ['127.0.1.1']), lo]);
  await scene.tick(watch);
  t.same(joined(), [65_507], 'also one that came after the start and is not served');
  const never = { ...settings(['*']), tandem: { joinReplies: 'never' as const } };
  await watch.prepare(never);
  await watch.use(never);
  t.same(joined(), [0]);
});

t.test('an address replaced by another is served on the new one', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['eth1']));
  t.teardown(() => watch.close());
  scene.change([eth(1, [])]);
  await scene.tick(watch);
  t.same(watch.status(), {
    status: 'failed',
    errors: ['the interface eth1 has no usable IPv4 addresses configured'],
  });
  t.same(watch.notReady(), ['the interface eth1 has no usable IPv4 addresses configured']);
  scene.change([eth(1, ['127.0.1.2'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth1 258']);
  t.same(watch.status(), { status: 'ready', errors: [] });
});

t.test('an interface that goes down keeps its sockets; its state is told', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['eth1']));
  t.teardown(() => watch.close());
  const { gives } = scene;
  scene.change([eth(1, ['127.0.1.1'], { isUp: false, isRunning: false })]);
  await scene.tick(watch);
  t.equal(scene.gives, gives, 'nothing is opened or closed');
  t.same([...watch.served()], [['eth1', false]]);
  t.same(watch.notReady(), ['the interface eth1 is down']);
  scene.change([eth(1, ['127.0.1.1'])]);
  await scene.tick(watch);
  t.same([...watch.served()], [['eth1', true]]);
  t.same(watch.notReady(), []);
  t.same(scene.ids().slice(-2), ['TDM_ENGINE_INTERFACES_NOT_SERVED', 'TDM_ENGINE_INTERFACES_MENDED']);
});

t.test('what is down at the start is opened when it is up', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'], { isUp: false, isRunning: false }), eth(2, ['127.0.2.1'])]);
  const watch = await scene.start(settings(['eth1', 'eth2']));
  t.teardown(() => watch.close());
  t.same(scene.served(), ['eth2 513'], 'the others are served meanwhile');
  scene.change([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth1 257', 'eth2 513']);
});

t.test('a name or address that is not there: an error that says what is', async (t) => {
  const links = [eth(1, ['127.0.1.1', '127.0.1.2'])];
  const open = openSockets();
  await t.rejects(new Scene(links).start(settings(['tdm9'])), {
    message: "interfaces-config: interface 'tdm9' doesn't exist in the system; it has eth1",
  });
  await t.rejects(new Scene(links).start(settings(['eth1', 'eth1/127.0.9.9'])), {
    message:
      "interfaces-config: interface 'eth1' doesn't have address '127.0.9.9' assigned; it has 127.0.1.1, 127.0.1.2",
  });
  t.equal(openSockets(), open, 'nothing stays open');
});

t.test('with retries a name that is not there yet is waited for', async (t) => {
  const scene = new Scene([]);
  const watch = await scene.start(settings(['eth1'], { maxRetries: 3 }));
  t.teardown(() => watch.close());
  t.match(watch.status(), { status: 'retrying', errors: ["interface 'eth1' doesn't exist in the system"] });
  scene.change([eth(1, ['127.0.1.1'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth1 257']);
});

t.test('retries are used up: told once, the server goes on trying', async (t) => {
  const scene = new Scene([eth(1, [])]);
  const watch = await scene.start(settings(['eth1'], { maxRetries: 2 }));
  t.teardown(() => watch.close());
  t.equal(watch.status().status, 'retrying');
  for (let i = 0; i < 4; i++) await scene.tick(watch, 5000);
  t.equal(watch.status().status, 'failed');
  t.equal(scene.ids().filter((id) => id === 'TDM_ENGINE_SOCKET_RETRIES_USED_UP').length, 1);
  t.equal(scene.givenUp, 0);
  scene.change([eth(1, ['127.0.1.1'])]);
  await scene.tick(watch);
  t.same(watch.status(), { status: 'ready', errors: [] });
});

t.test(
  'all required: no start without retries, an end after them, none for what is lost later',
  async (t) => {
    const required = { requireAll: true };
    await t.rejects(new Scene([eth(1, [])]).start(settings(['eth1'], required)), {
      message: /service-sockets-require-all is true, and the interface eth1 has no usable IPv4 addresses/,
    });
    const late = new Scene([eth(1, [])]);
    const ending = await late.start(settings(['eth1'], { ...required, maxRetries: 2 }));
    await late.tick(ending, 5000);
    t.equal(late.givenUp, 0);
    await late.tick(ending, 5000);
    t.equal(late.givenUp, 1);
    ending.close();
    const lost = new Scene([eth(1, ['127.0.1.1'])]);
    const going = await lost.start(settings(['eth1'], { ...required, maxRetries: 2 }));
    await lost.tick(going, 5000);
    lost.change([]);
    for (let i = 0; i < 5; i++) await lost.tick(going, 5000);
    t.equal(lost.givenUp, 0);
    going.close();
  },
);

t.test('all required counts what "*" stands for, as Kea does', async (t) => {
  const links = [eth(1, ['127.0.1.1']), eth(2, [])];
  await t.rejects(new Scene(links).start(settings(['*'], { requireAll: true })), { message: /eth2/ });
  const scene = new Scene(links);
  const watch = await scene.start(settings(['*']));
  t.teardown(() => watch.close());
  t.equal(watch.status().status, 'failed');
  t.same(watch.notReady(), [], 'without require-all nobody misses it');
});

t.test('no socket at all is not ready, whatever the reason', async (t) => {
  for (const interfaces of [[], ['*']]) {
    const scene = new Scene([]);
    const watch = await scene.start(settings(interfaces));
    t.same(watch.notReady(), ['no interface is served: no socket is open']);
    t.same(watch.status(), { status: 'ready', errors: [] }, 'Kea is content');
    watch.close();
  }
});

t.test(
  'a port in use on one address: the others are served, and it is tried again at the pace of the retries',
  async (t) => {
    const scene = new Scene([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1'])]);
    const taken = openUdpSocket({ address: 0x7f000101, port: scene.port });
    const watch = await scene.start(settings(['eth1', 'eth2']));
    t.teardown(() => watch.close());
    t.same(scene.served(), ['eth2 513']);
    t.match(watch.notReady(), [/^Failed to open socket on interface eth1, reason: .*EADDRINUSE/]);
    closeFd(taken);
    await scene.tick(watch, 4000);
    t.same(scene.served(), ['eth2 513']);
    await scene.tick(watch, 1000);
    t.same(scene.served(), ['eth1 257', 'eth2 513']);
  },
);

t.test('an address on two interfaces has one socket', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1']), eth(2, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['eth1', 'eth2']));
  t.teardown(() => watch.close());
  t.same(scene.served(), ['eth1 257']);
  const [{ fd }] = scene.given[0] as [ServerSocket];
  scene.change([eth(2, ['127.0.1.1'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth2 257'], 'it is the other one that counts when the first has gone');
  t.equal(scene.given[0]![0]!.fd, fd);
});

t.test('a renamed interface: "*" serves it on, its old name misses it', async (t) => {
  const renamed = { ...eth(1, ['127.0.1.1']), name: 'lan0' };
  const all = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await all.start(settings(['*']));
  all.change([renamed]);
  await all.tick(watch);
  t.same(all.served(), ['lan0 257'], 'under the name by which subnets are selected');
  watch.close();
  const one = new Scene([eth(1, ['127.0.1.1'])]);
  const other = await one.start(settings(['eth1']));
  one.change([renamed]);
  await one.tick(other);
  t.same(one.served(), []);
  t.same(other.notReady(), ["interface 'eth1' doesn't exist in the system"]);
  other.close();
});

t.test('a shard that hangs keeps every socket open, and the next look tries again', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['*']));
  t.teardown(() => watch.close());
  scene.areShardsHung = true;
  const open = openSockets();
  scene.change([]);
  await scene.tick(watch);
  t.equal(openSockets(), open, 'what it may still poll is not closed');
  t.equal(scene.ids().at(-1), 'TDM_ENGINE_SOCKETS_NOT_TAKEN');
  scene.areShardsHung = false;
  await scene.tick(watch);
  t.equal(openSockets(), open - 1);
  t.same(scene.served(), []);
});

t.test('a list that the kernel refuses changes nothing and is told once', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['*']));
  t.teardown(() => watch.close());
  scene.isListRefused = true;
  scene.change([]);
  for (let i = 0; i < 3; i++) await scene.tick(watch);
  t.same(scene.served(), ['eth1 257']);
  t.equal(scene.ids().filter((id) => id === 'TDM_ENGINE_INTERFACES_UNREADABLE').length, 1);
  scene.isListRefused = false;
  await scene.tick(watch);
  t.same(scene.served(), [], 'the notice is not forgotten');
});

t.test(
  're-detect false: known interfaces come back, new ones are not taken until a reload that detects',
  async (t) => {
    const scene = new Scene([eth(1, ['127.0.1.1'])]);
    const watch = await scene.start(settings(['*'], { reDetect: false }));
    t.teardown(() => watch.close());
    scene.change([]);
    await scene.tick(watch);
    t.same(scene.served(), []);
    scene.change([{ ...eth(1, ['127.0.1.2']), index: 7 }, eth(2, ['127.0.2.1'])]);
    await scene.tick(watch);
    t.same(scene.served(), ['eth1 258']);
    await watch.prepare(settings(['*'], { reDetect: false }));
    await watch.use(settings(['*'], { reDetect: false }));
    t.same(scene.served(), ['eth1 258']);
    await watch.prepare(settings(['*']));
    await watch.use(settings(['*']));
    t.same(scene.served(), ['eth1 258', 'eth2 513']);
  },
);

t.test('interface-redetect takes what has come since, at once and for good', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['*'], { reDetect: false }));
  t.teardown(() => watch.close());
  scene.change([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth1 257']);
  await watch.redetect();
  t.same(scene.served(), ['eth1 257', 'eth2 513']);
  scene.change([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.2']), eth(3, ['127.0.3.1'])]);
  await scene.tick(watch);
  t.same(scene.served(), ['eth1 257', 'eth2 514'], 'later ones wait for the next');
  await Promise.all([watch.redetect(), watch.redetect(), scene.tick(watch)]);
  t.same(scene.served(), ['eth1 257', 'eth2 514', 'eth3 769']);
  await watch.prepare(settings(['*'], { reDetect: false }));
  scene.change([eth(4, ['127.0.4.1'])]);
  await watch.redetect();
  t.notSame(scene.served(), ['eth4 1025'], 'a reload that is under way is not disturbed');
  await watch.use(settings(['*'], { reDetect: false }));
  t.same(scene.served(), ['eth4 1025'], 'and looks at its end');
});

t.test('a reload opens before, closes after, and lets what vanished be missing', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1'])]);
  const watch = await scene.start(settings(['eth1']));
  t.teardown(() => watch.close());
  await watch.prepare(settings(['eth2']));
  await watch.use(settings(['eth2']));
  t.same(scene.served(), ['eth2 513']);
  scene.change([eth(1, ['127.0.1.1'])]);
  await scene.tick(watch);
  await watch.prepare(settings(['eth2', 'eth1']));
  await watch.use(settings(['eth2', 'eth1']));
  t.same(scene.served(), ['eth1 257'], 'eth2 was there once: a reload meanwhile is no slip of the pen');
  await t.rejects(watch.prepare(settings(['eth2', 'eht1'])), { message: /interface 'eht1' doesn't exist/ });
  await watch.use(settings(['eth2', 'eth1']));
  t.same(scene.served(), ['eth1 257'], 'a refused one changes nothing');
});

t.test('a refused reload closes what it has opened', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1']), eth(2, ['127.0.2.1']), eth(3, [])]);
  const watch = await scene.start(settings(['eth1']));
  t.teardown(() => watch.close());
  const open = openSockets();
  await t.rejects(watch.prepare(settings(['eth1', 'eth2', 'eth3'], { requireAll: true })), {
    message: /require-all is true, and the interface eth3/,
  });
  await watch.use(settings(['eth1']));
  t.equal(openSockets(), open);
});

t.test('between prepare and use no notice is heeded', async (t) => {
  const scene = new Scene([eth(1, ['127.0.1.1'])]);
  const watch = await scene.start(settings(['*']));
  t.teardown(() => watch.close());
  await watch.prepare(settings(['*']));
  scene.change([]);
  const { gives } = scene;
  await scene.tick(watch);
  t.equal(scene.gives, gives);
  await watch.use(settings(['*']));
  t.same(scene.served(), []);
});
