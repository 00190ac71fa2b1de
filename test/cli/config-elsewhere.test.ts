import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../support/cli.js';
import { daemonOf, post, until } from '../support/daemon.js';
import { startFakeProvider, type FakeProvider } from '../support/fake-provider.js';
import { ASKING, providerOf } from './ai-stage.js';

let fake: FakeProvider;
beforeEach(async () => {
  fake = await startFakeProvider({ wire: 'openai' });
});
afterEach(() => fake.close());

describe('a config that lies elsewhere', () => {
  it('is taken by every command, with what is kept by it, and named where that is asked for', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'conf'));
    writeFileSync(
      join(cwd, 'conf/other.yaml'),
      `server: { port: 1 }
state_dir: ./state
ai_providers: { openai: ${providerOf(fake)} }
pipelines: { default: { stages: [${ASKING}], outputs: [{ file: ./out.ndjson }] } }
`,
    );
    const config = ['--config', 'conf/other.yaml', '--verbose'];
    const named = `colloquium: the config is ${join(cwd, 'conf/other.yaml')}\n`;
    const does = async (...args: readonly string[]): Promise<string> => {
      const { exit, stdout, stderr } = await runCli([...args, ...config], { cwd });
      expect(exit, `${args.join(' ')}: ${stderr}`).toBe(0);
      expect(stderr, args.join(' ')).toContain(named);
      return stdout;
    };

    const serving = startCli(['serve', ...config, '--host', '0.0.0.0', '--port', '0', '--insecure'], { cwd });
    let said = '';
    serving.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const daemon = await daemonOf(serving, cwd).ready;
    expect(said).toContain(named);
    expect((await post(`${daemon.url}/events`, { q: 'hello' })).status).toBe(202);
    const tail = startCli(['log', 'tail', '--follow', ...config], { cwd });
    let tailed = '';
    tail.stdout?.on('data', (chunk: Buffer) => (tailed += chunk.toString()));
    await until(() => tailed.includes('"q":"hello"'), 'the event in the log');
    tail.kill('SIGINT');
    const tap = startCli(['tap', '--url', daemon.url, ...config], { cwd });
    const tapped = resultOf(tap);
    tap.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('tapping')) tap.kill('SIGINT');
    });
    expect(await tapped).toMatchObject({ stderr: expect.stringContaining(named) as unknown, exit: 'SIGINT' });
    await until(async () => (await does('journal', 'ls')) !== '', 'the call in the journal');
    expect(await daemon.end()).toBe(0);

    expect(await does('check')).toBe('');
    expect(await does('log', 'ls')).toMatch(/\b1\b/);
    await does('log', 'verify');
    await does('log', 'backup', 'copy');
    expect(await does('log', 'tail')).toContain('"q":"hello"');
    expect(await does('log', 'prune', '--max-size', '1GB')).not.toBe('');
    expect(await does('replay', '--since', '0', '--raw', '--no-progress')).toContain('"q":"hello"');
    expect(await does('replay', '--since', '0', '--no-progress')).toContain('"cached":true');
    expect(fake.records).toHaveLength(1);
    expect(await does('replay', '--since', '0', '--live', '--max-cost', '1', '--no-progress')).toContain(
      '"cached":false',
    );
    expect(fake.records).toHaveLength(2);

    const calls = await does('journal', 'ls', '--pipeline', 'default', '--stage', 'ai-1', '--format', 'json');
    const { key } = JSON.parse(calls.split('\n')[0] ?? '') as { readonly key: string };
    expect(JSON.parse(await does('journal', 'show', key, '--format', 'json'))).toMatchObject({ key });
    expect(await does('journal', 'doubtful')).toBe('no call is in doubt\n');
    expect(await does('cost', '--by', 'provider', '--format', 'csv')).toContain('openai');
    expect(JSON.parse(await does('journal', 'prune', '--format', 'json'))).toMatchObject({});

    const token = await does('token', 'create', '--role', 'read');
    const id = token.slice(4, 16);
    expect(await does('token', 'list')).toContain(id);
    await does('token', 'revoke', id);
    expect(await does('token', 'list')).toBe('');
    await does('log', 'restore', 'copy', 'again');
  });
});
