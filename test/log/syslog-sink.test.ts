/** Lines for the system's log, as a daemon receives them. */
import t from 'tap';
import { formatDate } from '../../src/base/date.ts';
import { LOG_MESSAGE_OCTETS_MAX } from '../../src/io/log-socket.ts';
import type { LogEvent } from '../../src/log/line.ts';
import { SyslogSink } from '../../src/log/syslog-sink.ts';
import { openDaemon, socketPath } from './log-daemon.ts';

const time = new Date('2026-11-07T05:04:03.021Z');

function event(severity: LogEvent['severity']): LogEvent {
  return { id: 'TDM_CONFIG_LOADED', severity, logger: 'kea-dhcp4', text: '', fields: {}, time, json: '' };
}

t.test('a line gets its priority, its time and the name that Kea has there', async (t) => {
  const path = socketPath(t);
  const receiver = openDaemon(path);
  const sink = new SyslogSink('LOCAL0', 4, path);
  const date = formatDate('%b %e %H:%M:%S', time, false);
  t.match(date, /^Nov {2}[67] \d\d:04:03$/);
  for (const [severity, priority] of [
    ['fatal', 130],
    ['error', 131],
    ['warn', 132],
    ['info', 134],
    ['debug', 135],
  ] as const) {
    t.equal(sink.write(`{"id":"x"}\n`, event(severity)), null);
    t.equal(receiver.read(), `<${priority}>${date} kea-dhcp4[${process.pid}]: {"id":"x"}`);
  }
  sink.close();
  const sink6 = new SyslogSink('LOCAL0', 6, path);
  sink6.write('x', event('info'));
  t.match(receiver.read(), ` kea-dhcp6[${process.pid}]: x`);
  sink6.close();
  receiver.close();
});

t.test('a line that is too long is cut, not lost, and no character is torn', async (t) => {
  const path = socketPath(t);
  const receiver = openDaemon(path);
  const sink = new SyslogSink('DAEMON', 4, path);
  t.equal(sink.write('é'.repeat(10_000), event('info')), null);
  const message = receiver.read()!;
  t.ok(
    Buffer.byteLength(message) > LOG_MESSAGE_OCTETS_MAX - 2 &&
      Buffer.byteLength(message) <= LOG_MESSAGE_OCTETS_MAX,
  );
  t.match(message, /^<30>.*: é+$/);
  sink.close();
  receiver.close();
});

t.test('without a daemon lines are lost, with one they arrive again', async (t) => {
  const path = socketPath(t);
  const sink = new SyslogSink('LOCAL7', 4, path);
  t.equal(sink.write('a', event('info')), 'ENOENT');
  for (const text of ['b', 'c']) {
    // A daemon that is started again has a new socket.
    const receiver = openDaemon(path);
    t.equal(sink.write(text, event('info')), null);
    t.match(receiver.read(), new RegExp(`: ${text}$`));
    receiver.close();
    t.match(sink.write('lost', event('info')), /^ECONNREFUSED|ENOENT$/);
  }
  sink.close();
});

t.test('a daemon that reads nothing keeps nobody waiting', async (t) => {
  const path = socketPath(t);
  const receiver = openDaemon(path);
  const sink = new SyslogSink('LOCAL0', 4, path);
  let reason: string | null = null;
  for (let count = 0; count < 10_000 && reason === null; count++)
    reason = sink.write('x'.repeat(4000), event('info'));
  t.equal(reason, 'EAGAIN');
  while (receiver.read() !== null);
  t.equal(sink.write('again', event('info')), null);
  t.match(receiver.read(), /: again$/);
  sink.close();
  receiver.close();
});
