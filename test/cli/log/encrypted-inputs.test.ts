import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, startCli, resultOf } from '../../support/cli.js';
import { postLines, startDaemon, until } from '../../support/daemon.js';

const WAY_OUT = 'it is encrypted, and not decrypted here: colloquium log cat FILE';

const STORAGE = `storage: { encryption: { key: "${randomBytes(32).toString('base64')}" } }\n`;

const PIPELINE = `pipelines:
  default: { outputs: [{ file: ./out.ndjson, encrypt: true }], dead_letter: ./dead.ndjson }
`;

/** Writes an encrypted output of 50 lines, `secret.ndjson`, and gives its content. */
async function writeSecret(cwd: string): Promise<Buffer> {
  writeFileSync(join(cwd, 'colloquium.yaml'), `state_dir: ./state\n${STORAGE}${PIPELINE}`);
  const input = Array.from({ length: 50 }, (_, n) => `{"n":${n}}\n`).join('');
  const made = await runCli(['run', '-p', 'default', '-q', '-o', 'secret.ndjson'], { cwd, input });
  expect(made.exit, made.stderr).toBe(0);
  return readFileSync(join(cwd, 'secret.ndjson'));
}

describe('encrypted files as inputs', () => {
  it('are decrypted where run is given them by name, and refused from a pipe, as a table or a sample', async () => {
    const cwd = scratch();
    const secret = await writeSecret(cwd);
    expect(secret.includes('"n"')).toBe(false);
    const read = await runCli(['run', '-q', '-o', '-', 'secret.ndjson'], { cwd });
    expect([read.exit, read.stdout.split('\n').length - 1]).toEqual([0, 50]);

    for (const format of [[], ['--in', 'csv']]) {
      // From a pipe, in two pieces, and redirected from the file.
      const piped = startCli(['run', '-q', '-o', '-', ...format], { cwd });
      const ended = resultOf(piped);
      piped.stdin?.write(secret.subarray(0, 5));
      piped.stdin?.on('error', () => undefined);
      piped.stdin?.end(secret.subarray(5));
      const { exit, stdout, stderr } = await ended;
      expect([exit, stdout], stderr).toEqual([74, '']);
      expect(stderr).toContain(`cannot read stdin: ${WAY_OUT}`);
    }

    writeFileSync(
      join(cwd, 'tables.yaml'),
      `${STORAGE}tables: { known: { file: ./secret.ndjson, key: n } }\npipelines: { default: { stages: [{ computo: '["table.get", "known", ["$input", "/n"]]' }] } }\n`,
    );
    const table = await runCli(['check', 'tables.yaml'], { cwd });
    expect(table.exit).not.toBe(0);
    expect(table.stdout + table.stderr).toContain(WAY_OUT);
    const sample = await runCli(['check', '--sample', 'secret.ndjson'], { cwd });
    expect(sample.exit).not.toBe(0);
    expect(sample.stdout + sample.stderr).toContain(WAY_OUT);
  });

  it('are left in a watched folder, told once, refused in a request, and so is a file of the log in run', async () => {
    const cwd = scratch();
    const secret = await writeSecret(cwd);
    mkdirSync(join(cwd, 'in'));
    copyFileSync(join(cwd, 'secret.ndjson'), join(cwd, 'in', 'a.ndjson'));
    writeFileSync(join(cwd, 'in', 'b.ndjson'), '{"n":"plain"}\n');
    const folder = "sources: [{ folder: ./in, pattern: '*.ndjson', pipeline: default }]\n";
    const daemon = await startDaemon(STORAGE + PIPELINE + folder, { cwd });
    const told = await daemon.says('a file could not be read');
    expect(told).toMatchObject({
      file: join(cwd, 'in', 'a.ndjson'),
      error: expect.stringContaining(WAY_OUT) as string,
    });
    await daemon.says('a file is stored');
    const posted = await postLines(`${daemon.url}/events`, secret);
    expect([posted.status, await posted.text()]).toEqual([400, expect.stringContaining('it is encrypted')]);
    await until(() => existsSync(join(cwd, 'out.ndjson')), 'the other file is out');
    expect(await daemon.end()).toBe(0);
    expect(daemon.said().filter(({ msg }) => msg === 'a file could not be read')).toHaveLength(1);
    const out = await runCli(['log', 'cat', 'out.ndjson'], { cwd });
    expect(out.stdout).toBe('{"n":"plain"}\n');
    expect(existsSync(join(cwd, 'dead.ndjson')) ? readFileSync(join(cwd, 'dead.ndjson'), 'utf8') : '').toBe('');

    const segment = readdirSync(join(cwd, 'data')).find((name) => name.endsWith('.ndjson.enc')) ?? '';
    const read = await runCli(['run', '-q', `data/${segment}`], { cwd });
    expect([read.exit, read.stdout], read.stderr).toEqual([2, '']);
    expect(read.stderr).toContain(`cannot open data/${segment}: ${WAY_OUT}`);
  });
});
