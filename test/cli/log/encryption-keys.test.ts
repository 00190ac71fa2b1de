import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon } from '../../support/daemon.js';

const OUTPUT = 'pipelines: { default: { outputs: [{ file: ./out.ndjson, encrypt: true }] } }\n';

/** A folder with two key files that only their owner may read. */
function withKeys(): string {
  const cwd = scratch();
  for (const name of ['first', 'second'])
    writeFileSync(join(cwd, name), randomBytes(32).toString('base64'), { mode: 0o600 });
  return cwd;
}

const encryption = (text: string): string => `storage: { encryption: { ${text} }, max_file_size: 4096 }\n${OUTPUT}`;
const AFTER = 'key: { file: ./second }';

describe('a key that files need and the config lacks', () => {
  it('is told by check for the log and for outputs, and refused by serve before anything is changed', async () => {
    const cwd = withKeys();
    const first = await startDaemon(encryption('key: { file: ./first }'), { cwd });
    for (let n = 0; n < 10; n++) await postLines(`${first.url}/events`, `${JSON.stringify('x'.repeat(900))}\n`);
    await first.end();
    const both = await startDaemon(encryption(`${AFTER}, old_keys: [{ file: ./first }]`), { cwd });
    for (let n = 0; n < 10; n++) await postLines(`${both.url}/events`, `${JSON.stringify('x'.repeat(900))}\n`);
    await both.end();
    expect((await runCli(['check', '--strict'], { cwd })).exit).toBe(0);

    const before = readdirSync(join(cwd, 'data'));
    const config = (text: string): void =>
      writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: 0 }\nstate_dir: ./state\n${encryption(text)}`);
    config(AFTER);
    const { stderr: told, exit } = await runCli(['check'], { cwd });
    const [, id = ''] = /needs? the key ([0-9a-f]{16})/.exec(told) ?? [];
    expect([exit, told]).toEqual([78, expect.stringMatching(/\.ndjson\.enc and \d+ more need the key /)]);
    const files = told.match(/\S+ and \d+ more/)?.[0] ?? '';
    expect(files).toContain(join(cwd, 'data'));
    expect((await runCli(['serve'], { cwd })).exit).toBe(78);
    // What a command gives, check does not know.
    config('key: { command: cat second }');
    expect((await runCli(['check'], { cwd })).exit).toBe(0);
    const refused = await runCli(['serve'], { cwd });
    expect([refused.exit, refused.stderr]).toEqual([78, expect.stringContaining(id)]);
    expect(readdirSync(join(cwd, 'data')).filter((name) => !name.startsWith('lock'))).toEqual(
      before.filter((name) => !name.startsWith('lock')),
    );

    // Without a log, the outputs are what needs it.
    const other = `storage: { disk_path: ./none, encryption: { ${AFTER} } }\n${OUTPUT}`;
    writeFileSync(join(cwd, 'outputs.yaml'), other);
    const outputs = await runCli(['check', 'outputs.yaml'], { cwd });
    expect([outputs.exit, outputs.stderr]).toEqual([78, expect.stringContaining(`out.ndjson needs the key ${id}`)]);
    expect(existsSync(join(cwd, 'none'))).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('a key file that others may read', () => {
  it('is a warning of check, run and serve, and none with mode 600', async () => {
    const cwd = withKeys();
    const words = /others than its owner may read or change the key in .*first \(its mode is 640\)/;
    for (const [mode, isTold] of [
      [0o640, true],
      [0o600, false],
    ] as const) {
      chmodSync(join(cwd, 'first'), mode);
      const daemon = await startDaemon(encryption('key: { file: ./first }'), { cwd });
      if (isTold) await daemon.says(words);
      await daemon.end();
      expect(daemon.said().some(({ level, msg }) => level === 'warn' && words.test(msg))).toBe(isTold);
      const checked = await runCli(['check'], { cwd });
      expect([checked.exit, words.test(checked.stderr)]).toEqual([0, isTold]);
      const run = await runCli(['run', '-p', 'default', '-o', '-', '-q'], { cwd, input: '1\n' });
      expect([run.exit, run.stdout, words.test(run.stderr)]).toEqual([0, '1\n', isTold]);
    }
  });
});
