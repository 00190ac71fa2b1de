import { spawn } from 'node:child_process';
import headless from '@xterm/headless';
import { bin } from './cli.js';

/** What a person has seen on a terminal. */
export interface Seen {
  /** Everything that was written, with what moves the cursor. */
  readonly written: string;
  /** The lines that are on the screen, and above it, in the end. */
  readonly lines: readonly string[];
  /** What was drawn at the bottom, each time: lines that were taken away again. */
  readonly frames: readonly (readonly string[])[];
}

/** The command that runs the installed program, for a shell. */
export const colloquium = `${process.execPath} ${bin}`;

/** Brings the cursor up to the first of some lines, and clears from there on. */
const TAKEN_AWAY = new RegExp('(?:\\u001b\\[[0-9]+A)?\\r\\u001b\\[J');

/** Runs a command line in a shell on a real pseudo-terminal of this size. */
export async function onTerminal(
  cwd: string,
  line: string,
  { columns, rows = 24 }: { readonly columns: number; readonly rows?: number },
): Promise<Seen> {
  const env = { PATH: process.env['PATH'], HOME: cwd, NO_COLOR: '1', TERM: 'xterm' };
  const command = `stty cols ${columns} rows ${rows}; ${line}`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100_000 });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    terminal.write(text);
  });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  await new Promise<void>((resolve) => terminal.write('', resolve));
  const { active } = terminal.buffer;
  const all = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
  const frames = written.split(TAKEN_AWAY).slice(0, -1);
  return {
    written,
    lines: all.filter((text) => text !== ''),
    frames: frames.map((frame) => frame.split('\r\n')),
  };
}
