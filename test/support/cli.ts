import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runHosted } from './host.js';
import { around, type Around } from './namespaces.js';
import { configOf, note, noteEnd } from './reached.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where the packed program is installed: see .config/install.js. */
const installed = process.env['COLLOQUIUM_INSTALLED'] ?? '';
export const bin = join(installed, 'bin/colloquium');
/** What the package brings. */
export const packageFolder = join(installed, 'lib/node_modules/colloquium');

export interface CliResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code, or the signal that ended it. */
  readonly exit: number | NodeJS.Signals | null;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  /** An open descriptor to be its standard input, in place of `input`. */
  readonly stdin?: number;
  /** Runs as if on another machine, which is called so. See {@link OTHER_MACHINES_MISSING}. */
  readonly machine?: string;
  /** Runs in a container of its own, or as if. */
  readonly where?: Around;
  /** … in this network, by the name that `ip netns` has for it. */
  readonly network?: string;
  /** Runs in a process of its own, although it runs to its end. */
  readonly alone?: boolean;
}

/** Whether this is `npm run test:chaos`. */
const isLong = process.env['PROPERTY_FACTOR'] !== undefined;

/** A namespace of its own for the machine's name. */
const UNSHARE = ['--user', '--map-root-user', '--uts'];
const NAMED = 'hostname "$0" && exec "$@"';

/** What to add to the title of a test that needs other machines: why it is skipped, or nothing. */
export const OTHER_MACHINES_MISSING =
  spawnSync('unshare', [...UNSHARE, 'sh', '-c', NAMED, 'test', 'true']).status === 0
    ? ''
    : ' (skipped: unshare can make no namespaces here)';

/** Those that run. A test that fails leaves its own behind, which would write to folders that are removed. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** An empty folder of its own for a test. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'colloquium-test-'));
}

/** Starts the installed CLI as its own process. The environment has no colour, no CI, and a home of its own. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const cwd = options.cwd ?? scratch();
  const env = environment(cwd, options);
  const command = [process.execPath, bin, ...args];
  const there =
    options.machine === undefined
      ? options.where === undefined
        ? command
        : around(options.where, command)
      : ['unshare', ...UNSHARE, 'sh', '-c', NAMED, options.machine, ...command];
  const [file = '', ...rest] =
    options.network === undefined ? there : ['ip', 'netns', 'exec', options.network, ...there];
  const child = spawn(file, rest, { cwd, env, stdio: [options.stdin ?? 'pipe', 'pipe', 'pipe'] });
  note(child, args, cwd);
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

function environment(cwd: string, { env }: CliOptions): Readonly<Record<string, string>> {
  const { PATH = '' } = process.env;
  return { PATH, HOME: cwd, XDG_STATE_HOME: join(cwd, '.state'), TZ: 'UTC', ...env };
}

/**
 * Runs the installed CLI to its end: in `npm test` in a process that has run others before, if it may, see host.ts; in the long suite
 * in one of its own.
 */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const hosted = mayBeHosted(args, options) ? await inHost(args, options) : undefined;
  if (hosted !== undefined) return hosted;
  const child = startCli(args, options);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  return resultOf(child);
}

function mayBeHosted(args: readonly string[], options: CliOptions): boolean {
  const { alone, stdin, machine, where, network, env = {} } = options;
  const isOwn =
    [stdin, machine, where, network].some((one) => one !== undefined) ||
    Object.keys(env).some((name) => name.startsWith('NODE_'));
  return alone !== true && !isOwn && !isLong && !args.includes('serve');
}

async function inHost(args: readonly string[], options: CliOptions): Promise<CliResult | undefined> {
  const { cwd = scratch(), input = '' } = options;
  const config = configOf(args, cwd);
  const task = { args, cwd, env: environment(cwd, options), input };
  const answer = await runHosted(realpathSync(bin), task);
  if (answer === undefined) return undefined;
  noteEnd({ args, config, exit: answer.exit });
  const { stdout, stderr, exit } = answer;
  return { stdout, stderr, exit };
}

/** Collects what a started CLI prints until it ends. */
export async function resultOf(child: ChildProcess): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const exit = await new Promise<CliResult['exit']>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), exit };
}
