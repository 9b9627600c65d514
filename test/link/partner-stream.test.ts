/** Main's side of a stream: whose the update log is, what becomes of connections, whatever the thread reports and when. */
import t from 'tap';
import { allocateUpdateLog, UpdateWord } from '../../src/engine/parked/shard-link.ts';
import type { StreamSocket } from '../../src/io/stream-socket.ts';
import type { LinkClient } from '../../src/link/client.ts';
import type { LinkOrder, LinkReport } from '../../src/link/messages.ts';
import { RelationshipStream } from '../../src/link/partner-stream.ts';
import { recordLog } from '../peer/support/log.ts';

type RouteReport = Exclude<LinkReport, { kind: 'paused' }>;
type ReportOf<Kind> = Kind extends RouteReport['kind']
  ? Omit<Extract<RouteReport, { kind: Kind }>, 'route'>
  : never;

const NOTHING = new Uint8Array(0);

/** A stream whose link thread is the test. */
class Scene {
  readonly orders: string[] = [];
  readonly calls: string[] = [];
  readonly log = recordLog();
  readonly updates = allocateUpdateLog(1 << 18);
  readonly stream: RelationshipStream;
  isRunning = true;
  /** The last order. */
  last: LinkOrder | null = null;
  #hear: (report: RouteReport) => void = () => {};

  constructor() {
    const scene = this;
    const client = {
      get isRunning() {
        return scene.isRunning;
      },
      nextRoute: () => 7,
      attach: (_task: LinkOrder, listener: (report: RouteReport) => void) => {
        this.#hear = listener;
      },
      send: (order: LinkOrder) => {
        this.orders.push(order.kind);
        this.last = order;
      },
      forget: () => void this.orders.push('forget'),
    } as Partial<LinkClient> as LinkClient;
    this.stream = new RelationshipStream(client, { own: 'server1', partner: 'server2' }, this.log.log);
    this.stream.listen({
      changed: () => void this.calls.push('changed'),
      news: () => void this.calls.push('news'),
      completed: () => void this.calls.push('completed'),
      asked: (answer) => {
        this.calls.push('asked');
        answer(null);
      },
      failed: (reason, owed) => void this.calls.push(`failed ${[...owed].length}: ${reason}`),
    });
    this.stream.start(this.updates);
  }

  hear(report: ReportOf<RouteReport['kind']>): void {
    this.#hear({ route: 7, ...report } as RouteReport);
  }

  socket(name: string): StreamSocket {
    const end = (how: string) => () => void this.calls.push(`${how} ${name}`);
    return { fd: 3, remote: name, secrets: null, close: end('close'), reset: end('reset') };
  }

  /** A connection that is up. @returns its number */
  up(connection: number): void {
    this.stream.open(this.socket(`c${connection}`), NOTHING);
    this.hear({ kind: 'up', connection });
  }

  down(connection: number, owed: number[] = []): void {
    this.hear({
      kind: 'down',
      connection,
      wasUp: true,
      reason: 'broken',
      unconfirmed: owed.length,
      owed,
    });
  }

  took(): { orders: string[]; calls: string[] } {
    return { orders: this.orders.splice(0), calls: this.calls.splice(0) };
  }
}

t.test('lent, called back, drained: the log has one reader at each moment', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  scene.up(1);
  t.same([stream.isUp, stream.hasLog, stream.isUnderWay], [true, false, false]);
  stream.lend();
  t.equal(new Int32Array(scene.updates.words)[UpdateWord.isLent], 1);
  t.same([stream.hasLog, stream.isUnderWay], [true, true]);
  stream.recall();
  stream.recall();
  scene.hear({ kind: 'back', connection: 1 });
  t.same([stream.hasLog, stream.isUnderWay], [false, true], 'what was taken out of it may be on its way');
  scene.hear({ kind: 'drained', connection: 1 });
  t.equal(stream.isUnderWay, false);
  t.same(scene.took(), {
    orders: ['open', 'lend', 'recall'],
    calls: ['changed', 'changed', 'changed'],
  });
});

t.test('the answers to what was asked for before it was lent again do not count', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  scene.up(1);
  stream.lend();
  stream.recall();
  scene.hear({ kind: 'back', connection: 1 });
  stream.lend();
  scene.hear({ kind: 'drained', connection: 1 });
  t.equal(stream.isUnderWay, true, 'it was drained before it was lent');
  stream.recall();
  scene.hear({ kind: 'back', connection: 1 });
  t.equal(stream.isUnderWay, true);
});

t.test('a connection that ends while the log is on its way to it gives it back', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  scene.up(1);
  stream.lend();
  scene.down(1);
  t.same([stream.isUp, stream.hasLog, stream.isUnderWay], [false, false, false]);
  scene.up(2);
  stream.lend();
  scene.hear({ kind: 'back', connection: 1 });
  t.equal(stream.hasLog, true, 'the refusal of the first one comes late');
});

t.test('what was on its way is given up for good: reset, and told with its addresses', async (t) => {
  const scene = new Scene();
  scene.up(1);
  scene.stream.lend();
  scene.took();
  scene.down(1, [10, 11]);
  t.same(scene.took().calls, ['reset c1', 'failed 2: the lease stream ended: broken']);
  t.match(scene.log.events.at(-1), { id: 'TDM_STREAM_DOWN', fields: { unconfirmed: 2 } });
  scene.up(2);
  scene.took();
  scene.down(2);
  t.same(scene.took().calls, ['close c2', 'changed'], 'otherwise the last words still arrive');
});

t.test(
  'a newer connection takes the place of one that is closed when the thread lets go of it',
  async (t) => {
    const scene = new Scene();
    scene.up(1);
    scene.stream.open(scene.socket('c2'), NOTHING);
    t.equal(scene.stream.isUp, false);
    scene.hear({ kind: 'up', connection: 1 });
    t.equal(scene.stream.isUp, false, 'that was the one before');
    scene.down(1);
    t.equal(scene.stream.isOpen, true);
    scene.hear({ kind: 'up', connection: 2 });
    t.same(scene.took().calls, ['changed', 'close c1', 'changed', 'changed']);
  },
);

t.test('it is left once, when nothing is on its way; also when the partner begins', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  scene.up(1);
  stream.lend();
  scene.hear({ kind: 'last', connection: 1 });
  void stream.leave('other certificates');
  t.equal(stream.isUp, false, 'nobody lends to it any more');
  t.same(scene.took().orders, ['open', 'lend', 'recall']);
  scene.hear({ kind: 'back', connection: 1 });
  scene.hear({ kind: 'drained', connection: 1 });
  await new Promise(setImmediate);
  t.same(scene.took().orders, ['finish']);
  scene.down(1);
  scene.up(2);
  t.equal(stream.isUp, true);
  scene.hear({ kind: 'last', connection: 1 });
  t.equal(stream.isUp, true, 'of the one before');
});

t.test('a connection that comes after the thread has been stopped is closed', async (t) => {
  const scene = new Scene();
  scene.isRunning = false;
  scene.stream.open(scene.socket('late'), NOTHING);
  t.same(scene.took(), { orders: [], calls: ['close late'] });
  await scene.stream.close();
  scene.isRunning = true;
  scene.stream.open(scene.socket('later'), NOTHING);
  t.same(scene.took().calls, ['close later']);
});

t.test('a fence waits for the thread, and for nobody when there is none', async (t) => {
  const scene = new Scene();
  await scene.stream.fence();
  t.same(scene.took().orders, [], 'nothing is open');
  scene.up(1);
  let passed = 0;
  const fences = [scene.stream.fence(), scene.stream.fence()].map((fence) => fence.then(() => passed++));
  while (scene.orders.length < 3) await new Promise(setImmediate);
  t.same(scene.took().orders, ['open', 'fence', 'fence']);
  t.equal(passed, 0);
  scene.hear({ kind: 'fenced' });
  await new Promise(setImmediate);
  t.equal(passed, 1);
  const closed = scene.stream.close();
  scene.down(1);
  await closed;
  await Promise.all(fences);
  t.equal(passed, 2, 'the end of the relationship is one as well');
  await scene.stream.fence();
});

t.test('the thread is asked for a settlement only while it has the log', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  t.equal(await stream.settle(), false, 'nothing is up');
  scene.up(1);
  t.equal(await stream.settle(), false, 'the log is main`s');
  stream.lend();
  scene.isRunning = false;
  t.equal(await stream.settle(), false, 'nobody is there who would answer');
  scene.isRunning = true;
  stream.recall();
  t.equal(await stream.settle(), false, 'it was called back');
  scene.hear({ kind: 'back', connection: 1 });
  stream.lend();
  void stream.leave('other certificates');
  t.equal(await stream.settle(), false, 'the connection is being left');
  scene.up(2);
  scene.down(1);
  stream.lend();
  stream.open(scene.socket('c3'), NOTHING);
  t.equal(await stream.settle(), false, 'another connection has taken its place, and is not up yet');
  scene.down(2);
  scene.hear({ kind: 'up', connection: 3 });
  stream.lend();
  t.notOk(scene.took().orders.includes('settle'));
  void stream.settle();
  t.match(scene.last, { kind: 'settle', route: 7 });
  t.same(scene.took().orders, ['settle']);
});

t.test('a settlement is what the thread reports of it, in the order of the questions', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  scene.up(1);
  stream.lend();
  const outcomes: string[] = [];
  const ask = (name: string) => stream.settle().then((isSettled) => outcomes.push(`${name} ${isSettled}`));
  const asked = [ask('a'), ask('b'), ask('c')];
  const fence = stream.fence().then(() => outcomes.push('fence'));
  await new Promise(setImmediate);
  t.same(outcomes, []);
  scene.hear({ kind: 'settled', isSettled: true });
  await asked[0];
  t.same(outcomes, ['a true']);
  scene.hear({ kind: 'fenced' });
  await fence;
  t.same(outcomes, ['a true', 'fence'], 'fences have their own answers');
  scene.hear({ kind: 'settled', isSettled: false });
  await asked[1];
  t.same(outcomes, ['a true', 'fence', 'b false']);
  const closed = stream.close();
  scene.down(1);
  await Promise.all([closed, ...asked]);
  t.same(outcomes, ['a true', 'fence', 'b false', 'c false'], 'the end of the relationship settles nothing');
  t.equal(await stream.settle(), false);
});

t.test('whoever opens connections is told when the last one has ended, behind everybody else', async (t) => {
  const scene = new Scene();
  scene.stream.onEnd(() => void scene.calls.push('ended'));
  scene.up(1);
  scene.stream.open(scene.socket('c2'), NOTHING);
  scene.took();
  scene.down(1);
  t.same(scene.took().calls, ['close c1', 'changed'], 'another one is there');
  scene.down(2, [10]);
  t.same(scene.took().calls, ['reset c2', 'failed 1: the lease stream ended: broken', 'ended']);
});

const UPDATE = { bytes: Uint8Array.of(9, 1, 2, 3), offset: 1, length: 3, isUpdate: true, address: 10 };

t.test('what is delivered goes alone, one after the other, and is answered once', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  t.equal(await stream.deliver([UPDATE]), null, 'nothing is up');
  scene.up(1);
  const first = stream.deliver([UPDATE, UPDATE]);
  const second = stream.deliver([UPDATE]);
  t.match(scene.last, {
    kind: 'deliver',
    connection: 1,
    records: Uint8Array.of(3, 0, 1, 2, 3, 3, 0, 1, 2, 3),
  });
  t.equal(stream.isUnderWay, true);
  t.throws(() => stream.lend(), /has nothing else to do/);
  t.same(scene.took().orders, ['open', 'deliver']);
  const refused = [{ address: 10, code: 4, reason: 'no such subnet' }];
  scene.hear({ kind: 'delivered', connection: 1, delivery: 1, refused });
  t.same(await first, { failure: null, refused });
  await new Promise(setImmediate);
  t.same(scene.took().orders, ['deliver']);
  scene.hear({ kind: 'delivered', connection: 1, delivery: 1, refused: [] });
  t.equal(stream.isUnderWay, true, 'that was the one before');
  scene.hear({
    kind: 'down',
    connection: 1,
    wasUp: true,
    reason: 'broken',
    unconfirmed: 1,
    owed: [],
  });
  t.same(await second, { failure: 'the lease stream ended: broken', refused: [] });
  t.same(scene.took().calls, ['changed', 'reset c1', 'changed'], 'given up for good, and no failed update');
  t.equal(stream.isUnderWay, false);
});

t.test('it is left when what is delivered is answered', async (t) => {
  const scene = new Scene();
  scene.up(1);
  const delivery = scene.stream.deliver([UPDATE]);
  void scene.stream.leave('other certificates');
  await new Promise(setImmediate);
  t.same(scene.took().orders, ['open', 'deliver']);
  scene.hear({ kind: 'delivered', connection: 1, delivery: 1, refused: [] });
  await delivery;
  await new Promise(setImmediate);
  t.same(scene.took().orders, ['finish']);
  t.equal(await scene.stream.deliver([UPDATE]), null, 'nobody begins anew');
});

t.test('who is not in a hurry waits for the stream that is expected', async (t) => {
  const scene = new Scene();
  const { stream } = scene;
  await stream.arrival();
  stream.expect(true);
  let arrivals = 0;
  const waiting = [stream.arrival(), stream.arrival()].map((arrival) => arrival.then(() => arrivals++));
  stream.open(scene.socket('c1'), NOTHING);
  await new Promise(setImmediate);
  t.equal(arrivals, 0);
  scene.hear({ kind: 'up', connection: 1 });
  await Promise.all(waiting);
  scene.down(1);
  const late = stream.arrival();
  stream.expect(false);
  await late;
  stream.expect(true);
  const alive = setInterval(() => {}, 1000);
  await stream.arrival();
  clearInterval(alive);
  t.pass('and not for ever');
});
