import chalk, { chalkStderr, type ChalkInstance } from 'chalk';
import { type Palette, PLAIN } from '../../config/diagnostic/index.js';

/** Colors for stderr: none if it is not a terminal or `NO_COLOR` is set, always with `FORCE_COLOR`. */
export function stderrPalette(): Palette {
  return paletteOf(chalkStderr);
}

/** The same for stdout. */
export function stdoutPalette(): Palette {
  return paletteOf(chalk);
}

function paletteOf(colours: ChalkInstance): Palette {
  // chalk respects FORCE_COLOR and the terminal, but not NO_COLOR.
  const { NO_COLOR: refused = '' } = process.env;
  if (refused !== '') return PLAIN;
  return {
    error: colours.red.bold,
    warning: colours.yellow,
    place: colours.bold,
    faint: colours.dim,
    hint: colours.cyan,
  };
}
