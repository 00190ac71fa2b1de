import { randomBytes } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardedLine } from '../../../src/log/format/line.js';
import { runCli, scratch } from '../../support/cli.js';
import { postLines, startDaemon } from '../../support/daemon.js';

const key = (): string => randomBytes(32).toString('base64');

/** A folder with an encrypted log of some events, its config, and its key in `first`; `second` is another key. */
async function encryptedLog(): Promise<string> {
  const cwd = scratch();
  for (const name of ['first', 'second']) writeFileSync(join(cwd, name), key());
  const daemon = await startDaemon('storage: { encryption: { key: { file: ./first } }, idempotency_pointer: /k }\n', {
    cwd,
  });
  expect((await postLines(`${daemon.url}/events`, '{"k":"a"}\n{"k":"b"}\n')).status).toBe(202);
  expect(await daemon.end()).toBe(0);
  return cwd;
}

const said = (text: string): unknown => expect.stringContaining(text);

describe('an encrypted log', () => {
  it('is found with its key when a command is given its folder, and is rekeyed though a torn end can not be', async () => {
    const cwd = await encryptedLog();
    for (const command of [['verify'], ['ls'], ['tail']]) {
      expect((await runCli(['log', ...command, './data'], { cwd })).exit, command.join(' ')).toBe(0);
    }
    expect((await runCli(['log', 'backup', 'copy'], { cwd })).exit).toBe(0);
    expect((await runCli(['log', 'restore', 'copy', 'again'], { cwd })).exit).toBe(0);
    expect((await runCli(['log', 'verify', 'again'], { cwd })).exit).toBe(0);

    const [file = ''] = readdirSync(join(cwd, 'data')).filter((name) => name.endsWith('.enc'));
    const content = readFileSync(join(cwd, 'data', file));
    writeFileSync(join(cwd, 'data', file), content.subarray(0, content.length - 60));
    const daemon = await startDaemon('storage: { encryption: { key: { file: ./first } } }\n', { cwd });
    expect(await daemon.end()).toBe(0);
    expect(readdirSync(join(cwd, 'data')).some((name) => name.endsWith('.torn'))).toBe(true);
    writeFileSync(
      join(cwd, 'colloquium.yaml'),
      'storage: { encryption: { key: { file: ./second }, old_keys: [{ file: ./first }] } }\nstate_dir: ./state\n',
    );
    const rekeyed = await runCli(['log', 'rekey'], { cwd });
    expect([rekeyed.exit, rekeyed.stderr]).toEqual([0, said('that nobody can decrypt any more: it may be removed')]);

    // A former key that is gone does not keep the present one from its use.
    rmSync(join(cwd, 'first'));
    const verified = await runCli(['log', 'verify'], { cwd });
    expect([verified.exit, verified.stderr]).toEqual([0, said('storage.encryption.old_keys[0]: cannot read')]);
    expect(verified.stderr).toContain('which is there');
  });

  it('has backups that nobody else can make, and a key of its claims that is looked at', async () => {
    const cwd = await encryptedLog();
    expect((await runCli(['log', 'backup', 'copy'], { cwd })).exit).toBe(0);
    const manifest = join(cwd, 'copy/manifest.json');
    const files = readdirSync(join(cwd, 'copy')).filter((name) => name !== 'manifest.json' && name !== 'keys.ndjson');
    const forged = files.map((file) => ({ file, bytes: readFileSync(join(cwd, 'copy', file)).length }));
    copyFileSync(manifest, join(cwd, 'kept'));
    writeFileSync(manifest, guardedLine({ files: forged }));
    const refused = await runCli(['log', 'restore', 'copy', 'again'], { cwd });
    expect([refused.exit, refused.stderr]).toEqual([74, said('somebody else has made it')]);
    copyFileSync(join(cwd, 'kept'), manifest);
    expect((await runCli(['log', 'restore', 'copy', 'again'], { cwd })).exit).toBe(0);

    const claims = join(cwd, 'data/claims.key');
    copyFileSync(claims, join(cwd, 'claims'));
    writeFileSync(claims, readFileSync(claims, 'latin1').replace(/.$/, 'x'));
    expect(await runCli(['log', 'verify'], { cwd })).toMatchObject({ exit: 74, stdout: said('claims.key: damaged') });
    expect(await runCli(['log', 'backup', 'other'], { cwd })).toMatchObject({ exit: 74 });
    rmSync(claims);
    expect(await runCli(['log', 'verify'], { cwd })).toMatchObject({ exit: 74, stdout: said('claims.key: missing') });
    copyFileSync(join(cwd, 'claims'), claims);
    expect((await runCli(['log', 'verify'], { cwd })).exit).toBe(0);

    // A file that is not encrypted, behind one that is.
    const [last = ''] = readdirSync(join(cwd, 'data')).filter((name) => name.endsWith('.enc'));
    const next = last.replace(
      /-(\d+)\.ndjson\.enc$/,
      (_, number: string) => `-${String(Number(number) + 1).padStart(10, '0')}.ndjson`,
    );
    writeFileSync(join(cwd, 'data', next), '');
    expect((await runCli(['log', 'verify'], { cwd })).stderr).toContain(
      '1 file is not encrypted, though one before is',
    );
  });

  it('keeps the key that the daemon started with, and says so', async () => {
    const cwd = await encryptedLog();
    const daemon = await startDaemon('storage: { encryption: { key: { file: ./first } } }\n', { cwd });
    const config = join(cwd, 'colloquium.yaml');
    const text = readFileSync(config, 'utf8');
    const rotated = text.replace('{ file: ./first }', '{ file: ./second }');
    writeFileSync(config, rotated);
    daemon.child.kill('SIGHUP');
    const rejected = await daemon.says('the changed config is rejected');
    expect(rejected['error']).toMatch(/ needs the key [0-9a-f]{16}, and the config has [0-9a-f]{16}/);
    writeFileSync(config, rotated.replace('{ file: ./second }', '{ file: ./second }, old_keys: [{ file: ./first }]'));
    daemon.child.kill('SIGHUP');
    expect(await daemon.says('this takes effect at the next start')).toMatchObject({ section: 'storage.encryption' });
    expect(await daemon.end()).toBe(0);
  });
});

describe('check', () => {
  it('looks at the keys of storage.encryption, and at proxies', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'short'), 'too short');
    const checked = async (text: string): ReturnType<typeof runCli> => {
      writeFileSync(join(cwd, 'colloquium.yaml'), text);
      return await runCli(['check'], { cwd, env: { GOOD: key() } });
    };
    const encryption = (keys: string): string => `storage: { encryption: ${keys} }\n`;
    expect(await checked(encryption('{ key: { file: ./none } }'))).toMatchObject({
      exit: 78,
      stderr: said('unreadable-secret: cannot read the key in ./none'),
    });
    expect(await checked(encryption('{ key: "${GOOD}", old_keys: [{ file: ./short }] }'))).toMatchObject({
      exit: 78,
      stderr: said('an encryption key must be 32 bytes'),
    });
    expect(await checked(encryption('{ key: "${GOOD}", old_keys: [{ command: "false" }] }'))).toMatchObject({
      exit: 0,
    });
    const proxied =
      'require_tls: true\nai_providers: { openai: { api_key: "${GOOD}", proxy: "http://proxy.example:3128" } }\n';
    expect(await checked(proxied)).toMatchObject({ exit: 78, stderr: said('plain-transport') });
  });
});
