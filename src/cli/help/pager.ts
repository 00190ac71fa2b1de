import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a shell exits with when it does not find a program, or may not run it. */
const NOT_RUN = [126, 127];

/**
 * Shows text in `$PAGER`, or in less, until the reader leaves it. As with git, `PAGER=cat` means none, and `LESS` is set unless the
 * user has set it: colours are shown, and what fits the screen is only printed.
 *
 * @returns false if there is no pager, or it can't be started: nothing is shown then
 */
export async function page(text: string): Promise<boolean> {
  const { PAGER: pager = 'less' } = process.env;
  if (pager === '' || pager === 'cat') return false;
  const child = spawn(pager, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: 'FRX', ...process.env },
  });
  // Readers leave before the end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(text);
  // Ctrl-C is for the pager, which shares the terminal.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('SIGINT', ignore);
  return code === null || !NOT_RUN.includes(code);
}
