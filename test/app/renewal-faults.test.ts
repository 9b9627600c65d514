/** Renewals that go wrong, or do not come: what is said of them, and that nothing is lost before it must be. */
import { copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  command,
  forgotten,
  logged,
  type Member,
  outlive,
  page,
  put,
  reachWhole,
  startPair,
} from './renewal-pair.ts';

// They wait for most of the time.
t.jobs = 2;

t.test('a renewal that went wrong is refused by config-reload and named, and the pair goes on', async (t) => {
  const story = await startPair(t);
  const [one, two] = story.members as [Member, Member];
  await outlive(story, async () => {
    copyFileSync(story.authority.issue('misfit').certificate, join(one.directory, 'cert.pem'));
    t.match(await command(one, 'config-reload'), {
      result: 1,
      text: /tandem\.conf:1:\d+: .*\/cert-file: found ".*cert\.pem": the certificate of misfit does not fit the key/,
    });
    await logged(one, 'TDM_PEER_CREDENTIALS_REFUSED');
    t.match(await page(one, '/metrics'), /tandem_credentials_refused\{server="server1",peer="server2"\} 1\n/);
    t.match(
      await page(one, '/why'),
      /a renewed file is not in use, the one before it is: cert-file .* does not fit/,
    );
    truncateSync(join(two.directory, 'key.pem'));
    t.match(await command(two, 'config-reload'), { result: 1, text: /key-file: found .*an empty file/ });
    for (const { directory, name } of [one, two])
      put(directory, story.authority, story.authority.issue(name));
    for (const member of [one, two]) await logged(member, 'TDM_PEER_CREDENTIALS_RENEWED');
    t.notMatch(await page(one, '/why'), /renewed file/);
  });
});

t.test(
  'certificates that nobody renews are named on both sides, and renewing them heals the pair',
  async (t) => {
    const story = await startPair(t);
    const [one, two] = story.members as [Member, Member];
    await logged(one, 'TDM_PEER_CERTIFICATE_EXPIRES_SOON');
    for (const member of [one, two]) await logged(member, 'TDM_PEER_CERTIFICATE_EXPIRED');
    t.match(await page(one, '/metrics'), /tandem_tls_certificate_days_left\{.*file="cert-file"\} -/);
    t.match(
      await page(one, '/why'),
      /in use although it is outdated: cert-file ".*cert\.pem": the certificate of server1 expired/,
    );
    const marks = [one, two].map(({ server }) => server.log.length) as [number, number];
    put(one.directory, story.authority, story.authority.issue('server1-next'));
    await logged(one, 'TDM_HA_HEARTBEAT_FAILED', marks[0], {
      reason: /CERT_HAS_EXPIRED\): the certificate of server2, .* has expired: renew it there/,
    });
    t.match(
      await page(one, '/why'),
      /the last request to server2 got no answer: .* has expired: renew it there/,
    );
    await logged(two, 'TDM_HA_HEARTBEAT_FAILED', marks[1], {
      reason: /our own cert-file ".*cert\.pem": the certificate of server2 expired at .*, renew it/,
    });
    put(two.directory, story.authority, story.authority.issue('server2-next'));
    await logged(two, 'TDM_PEER_CREDENTIALS_RENEWED', marks[1]);
    await reachWhole(story);
    await forgotten(story, /outdated|got no answer/);
  },
);
