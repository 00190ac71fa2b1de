import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCli, scratch, type CliOptions, type CliResult } from '../../support/cli.js';

/** A script that gives what it gets. */
export const SAME = ['-e', '["$input"]'];

/** A folder in which runs go on with each other. */
export class Place {
  readonly cwd = scratch();

  run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return runCli([...args, '--no-progress'], { cwd: this.cwd, ...options });
  }

  /** `--resume -o out`, with a script that gives what it gets. */
  resume(...args: readonly string[]): Promise<CliResult> {
    return this.run([...SAME, '--resume', '-o', 'out', ...args]);
  }

  write(name: string, text: string | Buffer): void {
    writeFileSync(join(this.cwd, name), text);
  }

  append(name: string, text: string | Buffer): void {
    appendFileSync(join(this.cwd, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.cwd, name), 'utf8');
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.cwd, name));
  }

  path(name: string): string {
    return join(this.cwd, name);
  }

  /** Every file that is there, but for the state folder, with its content. */
  all(): Record<string, string> {
    const names = readdirSync(this.cwd, { recursive: true, encoding: 'utf8', withFileTypes: true });
    const files = names.filter((entry) => entry.isFile() && !entry.parentPath.includes('.state'));
    return Object.fromEntries(
      files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
    );
  }

  /** How often each line is in some files. */
  lines(...names: readonly string[]): readonly string[] {
    return names.flatMap((name) => this.read(name).split('\n').slice(0, -1));
  }

  /** That a run is refused with these words, and changes nothing. */
  async refused(args: readonly string[], ...words: readonly string[]): Promise<void> {
    const before = this.all();
    const { exit, stderr } = await this.run(args);
    expect(exit, stderr).toBe(2);
    for (const word of [...words, '--restart', '--resume=force']) expect(stderr).toContain(word);
    expect(this.all()).toEqual(before);
  }
}
