import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { certify } from '../../support/certify.js';
import { runCli, scratch, startCli } from '../../support/cli.js';
import { daemonOf } from '../../support/daemon.js';
import { freePort } from '../../support/free-port.js';

it.concurrent.each([
  ['HTTP', ''],
  ['TLS', ', tls: { cert: ./cert.pem, key: ./key.pem }'],
])(
  'What init prints to look whether the service lives finds a daemon that speaks %s, and none where there is none',
  async (_, tls) => {
    const cwd = scratch();
    certify(cwd, 'events.example');
    writeFileSync(join(cwd, 'colloquium.yaml'), `server: { port: ${await freePort()}${tls} }\nstate_dir: ./state\n`);
    const [unit, dockerfile] = await Promise.all(
      ['--systemd', '--docker'].map(async (flag) => (await runCli(['init', flag], { cwd })).stdout),
    );
    const curl = /^ExecStartPost=(.*)$/m.exec(unit ?? '')?.[1]?.split(' ') ?? [];
    const check = JSON.parse(/HEALTHCHECK[^[]*CMD (\[.*\])$/m.exec(dockerfile ?? '')?.[1] ?? '[]') as readonly string[];
    const exitOf = ([program = '', ...args]: readonly string[]): number | null => spawnSync(program, args).status;
    expect(exitOf(check)).toBe(1);

    const daemon = await daemonOf(startCli(['serve'], { cwd }), cwd).ready;
    expect([exitOf(curl), exitOf(check)]).toEqual([0, 0]);
    expect(await daemon.end()).toBe(0);
  },
);
