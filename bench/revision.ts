import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';

/**
 * Builds another revision of the project, once.
 *
 * @param revision as git names it
 * @returns its folder, with a slash at its end
 * @throws Error when git does not know it, or it can't be built
 */
export function buildRevision(root: string, folder: string, revision: string): string {
  const run = (file: string, args: readonly string[], cwd: string): string =>
    execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 30 });
  const commit = run('git', ['rev-parse', '--verify', `${revision}^{commit}`], root).trim();
  const built = `${folder}revisions/${commit}/`;
  if (existsSync(built)) return built;
  const part = `${folder}revisions/part/`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  run('sh', ['-c', 'git -C "$0" archive "$1" | tar -x', root, commit], part);
  run('npm', ['ci', '--no-audit', '--no-fund'], part);
  run('npm', ['run', '--silent', 'build'], part);
  renameSync(part, built);
  return built;
}
