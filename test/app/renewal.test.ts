/** Certificates that are replaced before they run out, while clients are served: the pair stays whole. */
import t from 'tap';
import { command, logged, outlive, page, put, startPair } from './renewal-pair.ts';

// They wait for most of the time.
t.jobs = 2;

t.test(
  'certificates replaced and config-reload on both: nobody notices the end of the old ones',
  async (t) => {
    const story = await startPair(t);
    await outlive(story, async () => {
      for (const member of story.members) {
        put(member.directory, story.authority, story.authority.issue(`${member.name}-next`));
        t.match(await command(member, 'config-reload'), { result: 0 });
      }
    });
    for (const member of story.members)
      t.match(await page(member, '/metrics'), /tandem_credentials_renewals_total 2\n/);
    for (const { name, server } of story.members) {
      const down = server.log.findIndex(({ id }) => id === 'TDM_STREAM_DOWN');
      t.match(server.log[down], { reason: /were replaced|no more records/, unconfirmed: 0 }, name);
      t.ok(
        server.log.slice(down).some(({ id }) => id === 'TDM_STREAM_UP'),
        `${name} streams with the new ones`,
      );
    }
  },
);

t.test('certificates replaced and nothing else: the same', async (t) => {
  const story = await startPair(t);
  await outlive(story, async () => {
    for (const member of story.members) put(member.directory, story.authority, story.authority.issue('next'));
    for (const member of story.members) await logged(member, 'TDM_PEER_CREDENTIALS_RENEWED');
  });
  for (const member of story.members)
    t.match(
      await page(member, '/metrics'),
      /tandem_tls_certificate_days_left\{server="server\d",peer="server\d",file="cert-file"\} 1\.9/,
    );
});
