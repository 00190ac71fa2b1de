import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root, runCli, scratch } from '../support/cli.js';

/** A case of `fixtures/cli/*.yaml`: what is typed, what lies around, and what must come out. */
interface Case {
  /** What it shows, as a sentence. */
  readonly shows: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the working folder; those named under `fixtures` are linked into it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly fixtures?: readonly string[];
  readonly input?: string;
  readonly stdout?: string;
  readonly stdoutHas?: readonly string[];
  readonly stderrHas?: readonly string[];
  readonly stderrLacks?: readonly string[];
  /** Files that must be there afterwards, with their content. */
  readonly after?: Readonly<Record<string, string>>;
  readonly exit: number;
}

const folder = join(root, 'fixtures/cli');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const cases = parse(readFileSync(join(folder, file), 'utf8'), { merge: true }) as Case[];
  describe(basename(file, '.yaml'), () => {
    it.each(cases.map((one) => [one.shows, one] as const))('%s', async (_, one) => {
      const cwd = scratch();
      for (const [name, content] of Object.entries(one.files ?? {})) {
        mkdirSync(dirname(join(cwd, name)), { recursive: true });
        writeFileSync(join(cwd, name), content);
      }
      for (const name of one.fixtures ?? []) symlinkSync(join(root, 'fixtures', name), join(cwd, basename(name)));

      const result = await runCli(one.args, { cwd, input: one.input ?? '', ...(one.env && { env: one.env }) });

      const seen = `\n--- stdout\n${result.stdout.slice(0, 2000)}\n--- stderr\n${result.stderr.slice(0, 2000)}`;
      if (one.stdout !== undefined) expect(result.stdout, seen).toBe(one.stdout);
      for (const part of one.stdoutHas ?? []) expect(result.stdout, seen).toContain(part);
      for (const part of one.stderrHas ?? []) expect(result.stderr, seen).toContain(part);
      for (const part of one.stderrLacks ?? []) expect(result.stderr, seen).not.toContain(part);
      expect(result.exit, seen).toBe(one.exit);
      for (const [name, content] of Object.entries(one.after ?? {})) {
        expect(readFileSync(join(cwd, name), 'utf8'), name).toBe(content);
      }
    });
  });
}
