import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf, startCli, type CliOptions, type CliResult } from '../../support/cli.js';
import { until } from '../../support/daemon.js';

export const SAME = ['-e', '["$input"]', '--no-progress'];

/** A run that reads standard input, and goes on until that ends. */
export class UnderWay {
  readonly child: ChildProcess;
  readonly #result: Promise<CliResult>;

  /** @param args what is to be done, less the input */
  constructor(cwd: string, args: readonly string[], options: CliOptions = {}) {
    this.child = startCli([...args, '-'], { ...options, cwd });
    this.#result = resultOf(this.child);
  }

  send(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  async end(): Promise<CliResult> {
    this.child.stdin?.end();
    return this.#result;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#result;
  }
}

/** A run that has written its first line. */
export async function writing(
  cwd: string,
  args: readonly string[],
  { out = 'out', ...options }: CliOptions & { out?: string } = {},
): Promise<UnderWay> {
  const run = new UnderWay(cwd, args, options);
  run.send('1');
  const path = join(cwd, out);
  await until(
    () => existsSync(path) && readFileSync(path, 'utf8').endsWith('1\n'),
    'the run has written its first line',
  );
  return run;
}
