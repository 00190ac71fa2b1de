import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resultOf, runCli, scratch, startCli } from '../../support/cli.js';
import { startDaemon, until } from '../../support/daemon.js';

describe.concurrent('colloquium token', () => {
  it('creates, lists and revokes tokens, and a running daemon takes each over', async () => {
    const daemon = await startDaemon('pipelines: { default: { outputs: [{ file: ./out.ndjson }] } }\n');
    const { cwd } = daemon;
    const status = async (token?: string): Promise<number> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(`${daemon.url}/health`, { headers })).status;
    };
    expect(await status()).toBe(200);

    const made = await runCli(['token', 'create', '--role', 'read', '--name', 'a person'], { cwd });
    const token = made.stdout.trim();
    expect(made.stdout).toMatch(/^clq_[0-9a-f]{12}_[\w-]{43}\n$/);
    expect(made.stderr).not.toContain(token);
    await until(async () => (await status()) === 401, 'a token is asked for');
    await until(async () => (await status(token)) === 200, 'the token is known');

    const [file = ''] = readdirSync(join(cwd, 'state/tokens'));
    expect(statSync(join(cwd, 'state/tokens')).mode & 0o777).toBe(0o700);
    expect(statSync(join(cwd, 'state/tokens', file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, 'state/tokens', file), 'utf8')).not.toContain(token.slice(17));

    const listed = await runCli(['token', 'list', '--format', 'json'], { cwd });
    const id = token.slice(4, 16);
    expect(JSON.parse(listed.stdout)).toMatchObject({ id, role: 'read', name: 'a person', expires: null });
    expect((await runCli(['token', 'list'], { cwd })).stdout).toContain(`${id}  read`);

    const tap = startCli(['tap', '--url', daemon.url], { cwd, env: { COLLOQUIUM_TOKEN: token } });
    const tapped = resultOf(tap);
    await new Promise((resolve) => tap.stderr?.once('data', resolve));
    const revoked = await runCli(['token', 'revoke', id.slice(0, 6)], { cwd });
    expect(await tapped).toMatchObject({
      stderr: expect.stringContaining('the connection to the daemon broke') as string,
    });
    expect(revoked.stderr).toContain('the last');
    await until(async () => (await status(token)) === 401, 'the token is not valid any more');
    expect(await status()).toBe(401);

    await daemon.end();
    const audit = daemon.said().filter((line) => line['audit'] !== undefined);
    expect(audit.filter((line) => line['audit'] === 'token').map(({ msg }) => msg)).toEqual([
      'a token is valid now',
      'a token is revoked',
    ]);
    expect(audit).toContainEqual(
      expect.objectContaining({ audit: 'refused', method: 'GET', path: '/health', status: 401, address: '127.0.0.1' }),
    );
    expect(JSON.stringify(daemon.said())).not.toContain(token);
  });

  it('lets nobody in by what is not a token, nor by one that has expired', async () => {
    const cwd = scratch();
    const made = await runCli(['token', 'create', '--role', 'admin', '--expires', '1ms'], {
      cwd,
      env: { XDG_STATE_HOME: join(cwd, 'xdg') },
    });
    const tokens = join(cwd, 'xdg/colloquium/tokens');
    mkdirSync(join(cwd, 'state'));
    writeFileSync(join(tokens, '0123456789ab.json'), '{"id":"0123456789ab","role":"admin"}');
    const listed = await runCli(['token', 'list'], { cwd, env: { XDG_STATE_HOME: join(cwd, 'xdg') } });
    expect(listed.exit).toBe(74);
    expect(listed.stdout).toContain('expired');
    expect(listed.stderr).toContain('0123456789ab.json');

    symlinkSync(tokens, join(cwd, 'state/tokens'));
    const daemon = await startDaemon('', { cwd });
    expect((await daemon.says('a token is not let in')).level).toBe('error');
    const answer = await fetch(`${daemon.url}/health`, { headers: { authorization: `Bearer ${made.stdout.trim()}` } });
    expect([answer.status, await answer.text()]).toEqual([401, expect.stringContaining('expired')]);
    await daemon.end();
  });
});
