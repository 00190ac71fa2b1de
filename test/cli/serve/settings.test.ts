import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBareServer } from '../../support/bare-server.js';
import { scratch } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

const TOKEN = 'a-token-that-is-long-enough-to-be-one';

/** A token, and the address of the webhook, as they can stand in a config. */
const FORMS: Readonly<Record<string, { readonly tokens: string; readonly secret: (text: string) => string }>> = {
  text: { tokens: `["${TOKEN}"]`, secret: (text) => text },
  'the content of files': { tokens: '{ file: ./token }', secret: () => '{ file: ./webhook }' },
  "a command's output": { tokens: '{ command: cat token }', secret: () => '{ command: cat webhook }' },
};

describe.concurrent('a daemon', () => {
  it.each(Object.keys(FORMS))('lets in by %s, and alerts', async (form) => {
    const webhook = await startBareServer(200);
    const cwd = scratch();
    writeFileSync(join(cwd, 'token'), `${TOKEN}\n`);
    writeFileSync(join(cwd, 'webhook'), `${webhook.url}/alert\n`);
    const { tokens = '', secret = String } = FORMS[form] ?? {};
    const daemon = await startDaemon(
      `
alerts:
  webhook: ${secret(`${webhook.url}/alert`)}
  rules: { full: { signal: disk_share, above: 0, clear_below: 0, for: 0s } }
`,
      { cwd, server: `tokens: ${tokens}` },
    );
    const status = async (token: string): Promise<number> =>
      (await fetch(`${daemon.url}/health`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(TOKEN)).toBe(200);
    expect(await status(`${TOKEN}x`)).toBe(401);
    await until(() => webhook.seen.length > 0, 'the alert');
    expect(JSON.parse(webhook.seen[0]?.body ?? '')).toMatchObject({ alert: 'full', status: 'firing' });
    expect(await daemon.end()).toBe(0);
    await webhook.close();
  });

  it('keeps its rates, knows events again, and stores them as it is told', async () => {
    const daemon = await startDaemon(
      `
$schema: ./colloquium.schema.json
storage:
  { max_file_size: 4096, retention_size: 1GB, min_free: 1000000GB, durability: os, gzip: true, idempotency_pointer: /id }
sources: [{ stdin: true, pipeline: other }]
pipelines:
  default: { outputs: [{ file: ./out.ndjson }] }
  other: { outputs: [{ file: ./other.ndjson }] }
`,
      {
        input: '{"id":"from stdin"}\n',
        server:
          'host: 0.0.0.0, insecure: true, max_body_size: 10KB, trusted_proxies: [127.0.0.1], rate_limit: { address_requests_per_minute: 12, token_requests_per_minute: 6000 }',
      },
    );
    const { cwd } = daemon;
    const url = daemon.url.replace('0.0.0.0', '127.0.0.1');
    const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
    const events = `${url}/events`;
    expect((await post(events, { id: 'a' }, from('192.0.2.1'))).status).toBe(202);
    expect((await post(events, { id: 'a' }, from('192.0.2.1'))).status).toBe(202);
    expect((await post(events, { id: 'b' }, from('192.0.2.1'))).status).toBe(429);
    const many = Array.from({ length: 60 }, (_, n) => `{"id":"n${n}","much":"${'x'.repeat(50)}"}\n`).join('');
    expect((await postLines(events, many, from('192.0.2.2'))).status).toBe(202);
    expect((await post(events, { much: 'x'.repeat(10_240) }, from('192.0.2.3'))).status).toBe(413);
    const ready = await fetch(`${url}/readyz`, { headers: from('192.0.2.3') });
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('free');

    const out = (name: string): string => readFileSync(join(cwd, name), { encoding: 'utf8', flag: 'a+' });
    await until(() => out('out.ndjson').includes('"n59"') && out('other.ndjson').includes('from stdin'), 'all are out');
    expect(out('out.ndjson').match(/"id":"a"/g)).toHaveLength(1);
    await until(() => readdirSync(join(cwd, 'data')).some((name) => name.endsWith('.gz')), 'a packed file of the log');
    expect(await daemon.end()).toBe(0);
  });
});
