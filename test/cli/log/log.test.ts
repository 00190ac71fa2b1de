import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { post, postLines, startDaemon, until } from '../../support/daemon.js';

const numbers = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');

describe.concurrent('the log beside a running daemon', () => {
  it('is backed up as it is at one moment, and restored whole', async () => {
    const daemon = await startDaemon('storage: { max_file_size: 4096 }\n');
    const { cwd } = daemon;
    const enough = new AbortController();
    // The copy may be made before any other is stored.
    await postLines(`${daemon.url}/events`, numbers(50));
    const posting = (async () => {
      while (!enough.signal.aborted) await postLines(`${daemon.url}/events`, numbers(50));
    })();
    expect((await runCli(['log', 'backup', 'copy'], { cwd })).exit).toBe(0);
    enough.abort();
    await posting;
    await daemon.end();
    expect((await runCli(['log', 'verify', 'copy'], { cwd })).exit).toBe(0);
    const refused = await runCli(['log', 'restore', 'copy'], { cwd });
    expect([refused.exit, refused.stderr]).toEqual([2, expect.stringContaining('overwrites nothing')]);
    expect((await runCli(['log', 'restore', 'copy', 'again'], { cwd })).exit).toBe(0);
    const events = async (folder: string): Promise<string> =>
      (await runCli(['log', 'tail', folder, '-n', '1000000'], { cwd })).stdout;
    const [all, restored] = await Promise.all([events('data'), events('again')]);
    expect(restored.length).toBeGreaterThan(0);
    expect(all.startsWith(restored)).toBe(true);
  });

  it('is followed by tail -f', async () => {
    const daemon = await startDaemon('');
    await post(`${daemon.url}/events`, 1);
    const tail = startCli(['log', 'tail', '-f'], { cwd: daemon.cwd });
    const result = resultOf(tail);
    let seen = '';
    tail.stdout?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await until(() => seen.includes('"data":1,'), 'the newest event');
    await post(`${daemon.url}/events`, 2);
    await until(() => seen.includes('"data":2,'), 'the next one');
    tail.kill('SIGINT');
    await result;
    await daemon.end();
  });

  it('gives what is old and processed away, and keeps the rest', async () => {
    const cwd = scratch();
    const config = `
storage: { max_file_size: 4096 }
pipelines: { default: { outputs: [{ file: ./out.ndjson }] } }
`;
    const daemon = await startDaemon(config, { cwd });
    for (let i = 0; i < 4; i++) await postLines(`${daemon.url}/events`, numbers(50));
    await until(() => readFileSync(join(cwd, 'out.ndjson'), 'utf8').split('\n').length > 200, 'all are out');
    await daemon.end();
    const segments = (): string[] => readdirSync(join(cwd, 'data')).filter((name) => name.endsWith('.ndjson'));
    expect(segments().length).toBe(4);
    const dry = await runCli(['log', 'prune', '--older-than', '0s', '--dry-run', '--format', 'json'], { cwd });
    expect((JSON.parse(dry.stdout) as { removed: unknown[] }).removed).toHaveLength(3);
    expect(segments().length).toBe(4);
    // A pipeline that has processed nothing yet needs all of it.
    const other = config.replace('default:', 'other:');
    writeFileSync(join(cwd, 'other.yaml'), `state_dir: ./state\n${other}`);
    const kept = await runCli(['log', 'prune', '-c', 'other.yaml', '--older-than', '0s'], { cwd });
    expect(kept.stderr).toContain('not processed yet');
    expect(segments().length).toBe(4);
    const pruned = await runCli(['log', 'prune', '--older-than', '0s'], { cwd });
    expect([pruned.exit, pruned.stderr]).toEqual([0, expect.stringContaining('the newest file always stays')]);
    expect(segments().length).toBe(1);
    const again = await runCli(['log', 'prune', '--older-than', '0s', '--format', 'json'], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({ removed: [], kept_newest: true });
    expect((await runCli(['log', 'verify'], { cwd })).exit).toBe(0);
  });
});
