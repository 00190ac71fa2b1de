import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run } from '../../../../src/cli/run/run.js';
import { explained } from '../../../../src/cli/exit/explain.js';
import { scratch } from '../../../support/cli.js';
import { killedAt } from './crash.js';

/** What a run came to. */
export interface Outcome {
  readonly exit: number;
  readonly said: string;
}

/** How the outputs are kept. */
export interface Keeping {
  readonly output: 'out' | 'out.gz';
  readonly rotate?: number;
}

export const KEEPINGS: readonly (readonly [string, Keeping])[] = [
  ['one file', { output: 'out' }],
  ['files that are set aside', { output: 'out', rotate: 100 }],
  ['a compressed file', { output: 'out.gz' }],
];

/** Bytes of the last line that counts for an output that is written by parts. */
const PART = /^out\.\d{6}$/;

/** The folder in which a model's commands are done for real. */
export class World {
  readonly folder = scratch();

  constructor(readonly keeping: Keeping) {
    mkdirSync(join(this.folder, 'sub'));
    symlinkSync('..', join(this.folder, 'sub', 'up'));
    writeFileSync(this.path('out.000007.txt'), 'somebody else\n');
    writeFileSync(this.path('out.20240131'), 'somebody else\n');
    writeFileSync(this.path('dead.000001'), 'somebody else\n');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs in this process, as the command line would. */
  async run(inputs: readonly string[], flags: Readonly<Record<string, true>>, spelled = ''): Promise<Outcome> {
    const { rotate } = this.keeping;
    const { files, output, deadLetter } = this.pathsOf(inputs, spelled);
    const said: string[] = [];
    const real = { write: process.stderr.write.bind(process.stderr), state: process.env['XDG_STATE_HOME'] };
    process.env['XDG_STATE_HOME'] = this.path('.state');
    process.stderr.write = ((text: string | Uint8Array, done?: () => void) => {
      said.push(Buffer.from(text).toString());
      done?.();
      return true;
    }) as typeof process.stderr.write;
    try {
      const options = {
        eval: '["$input"]',
        output,
        deadLetter,
        ...(rotate !== undefined && { rotate }),
        stats: 'text',
        progress: false,
        ...flags,
      } as const;
      return { exit: await run(files, options, []), said: said.join('') };
    } catch (error) {
      const known = explained(error);
      if (known === undefined) throw error;
      return { exit: known.exitCode, said: `${said.join('')}${known.message}` };
    } finally {
      process.stderr.write = real.write;
      if (real.state === undefined) delete process.env['XDG_STATE_HOME'];
      else process.env['XDG_STATE_HOME'] = real.state;
    }
  }

  /** What a run is given, each path spelled so. */
  protected pathsOf(
    inputs: readonly string[],
    spelled: string,
  ): { readonly files: readonly string[]; readonly output: string; readonly deadLetter: string } {
    const place = spelled === '' ? this.folder : join(this.folder, 'sub/up');
    return {
      files: inputs.map((name) => this.path(join(spelled, name)).replace('/sub/', '/sub/up/sub/')),
      output: `${place}/${this.keeping.output}`,
      deadLetter: `${place}/dead`,
    };
  }

  /** @returns whether it came so far as to be killed */
  killed(change: number, act: () => Promise<unknown>): Promise<boolean> {
    return killedAt(change, act);
  }

  append(name: string, text: string): void {
    appendFileSync(this.path(name), text);
  }

  /** Other content in the same file. */
  overwrite(name: string, text: string): void {
    writeFileSync(this.path(name), text);
  }

  /** Another file at the name. */
  replace(name: string, text: string): void {
    writeFileSync(this.path(`${name}.new`), text);
    renameSync(this.path(`${name}.new`), this.path(name));
  }

  cut(name: string, bytes: number): void {
    truncateSync(this.path(name), bytes);
  }

  rename(name: string, to: string): void {
    renameSync(this.path(name), this.path(to));
  }

  link(name: string, to: string): void {
    linkSync(this.path(name), this.path(to));
  }

  remove(name: string): void {
    rmSync(this.path(name));
  }

  text(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  /** The lines of the output, over all its files. */
  results(): readonly string[] {
    const { output } = this.keeping;
    const parts = readdirSync(this.folder).filter((name) => PART.test(name));
    const names = [...parts.sort(), ...(existsSync(this.path(output)) ? [output] : [])];
    const texts = names.map((name) => readFileSync(this.path(name)));
    return linesOf(texts.map((bytes) => (output.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).join(''));
  }

  /** Whether something was in the output, or set aside of it. @param before see {@link everything} */
  isFull(before: Readonly<Record<string, string>>): boolean {
    const { output } = this.keeping;
    return Object.entries(before).some(([name, text]) => text !== '' && (name === output || PART.test(name)));
  }

  /** What the dead letters were before they failed. */
  letters(): readonly string[] {
    return linesOf(this.text('dead')).map((line) => (JSON.parse(line) as { raw: string }).raw);
  }

  /** Everything that is there but the state, to compare. */
  everything(): Readonly<Record<string, string>> {
    const names = readdirSync(this.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(names.map(({ name }) => [name, readFileSync(this.path(name), 'latin1')]));
  }

  /** Files that no command writes. */
  strangers(): readonly string[] {
    return ['out.000007.txt', 'out.20240131', 'dead.000001'].map((name) => this.text(name));
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
