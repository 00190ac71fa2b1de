import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli, scratch } from '../../../support/cli.js';
import { World, type Outcome } from './world.js';

/** A world whose runs are processes of the installed program, and whose kills are SIGKILL. */
export class RealWorld extends World {
  #killAt: number | undefined;
  #wasKilled = false;

  override async run(inputs: readonly string[], flags: Readonly<Record<string, true>>, spelled = ''): Promise<Outcome> {
    const { rotate } = this.keeping;
    const { files, output, deadLetter } = this.pathsOf(inputs, spelled);
    const args = [
      ...['-e', '["$input"]', '-o', output, '--dead-letter', deadLetter, '--no-progress'],
      ...(rotate === undefined ? [] : ['--rotate', String(rotate)]),
      ...Object.keys(flags).map((flag) => `--${flag}`),
      ...files,
    ];
    const killing =
      this.#killAt === undefined
        ? {}
        : { KILL_AT: String(this.#killAt), NODE_OPTIONS: `--import=file://${preloaded()}` };
    const { exit, stderr } = await runCli(args, {
      cwd: this.folder,
      env: { XDG_STATE_HOME: this.path('.state'), ...killing },
    });
    if (exit === 'SIGKILL') this.#wasKilled = true;
    return { exit: Number(exit), said: stderr };
  }

  override async killed(change: number, act: () => Promise<unknown>): Promise<boolean> {
    this.#killAt = change;
    this.#wasKilled = false;
    await act();
    this.#killAt = undefined;
    return this.#wasKilled;
  }
}

let built: string | undefined;

export function preloaded(): string {
  if (built === undefined) {
    built = join(scratch(), 'kill-at.mjs');
    const entry = fileURLToPath(new URL('./kill-at.ts', import.meta.url));
    buildSync({ entryPoints: [entry], outfile: built, bundle: true, format: 'esm', platform: 'node' });
  }
  return built;
}
