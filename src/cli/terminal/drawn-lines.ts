import { columnsOf } from './fitting.js';
import { beforeStderr } from './stderr.js';

/** A terminal that lines are drawn on. Its size changes when the window does. */
export interface Screen {
  readonly write: (text: string) => void;
  readonly columns: () => number;
  readonly rows: () => number;
}

/** Lines at the bottom of a terminal that are redrawn in place. They make way for what is said meanwhile. */
export interface DrawnLines {
  /** @param lines each narrower than the terminal */
  draw(lines: readonly string[]): void;
  /** Takes them away for good. */
  close(): void;
}

export function drawnLines({ write, columns, rows }: Screen): DrawnLines {
  let drawn: readonly string[] = [];
  const takeAway = (): void => {
    if (drawn.length === 0) return;
    // A line that the window has become too narrow for goes on in the next row.
    const height = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / columns())), 0);
    write(`${height > 1 ? `\u001b[${height - 1}A` : ''}\r\u001b[J`);
    drawn = [];
  };
  beforeStderr(takeAway);
  return {
    draw(lines) {
      takeAway();
      // What has scrolled off the top could not be taken away.
      drawn = lines.slice(0, Math.max(1, rows() - 1));
      write(drawn.join('\n'));
    },
    close() {
      takeAway();
      beforeStderr(undefined);
    },
  };
}
