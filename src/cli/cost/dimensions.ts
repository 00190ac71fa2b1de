import { DIMENSIONS, parseDimension, type Dimension } from '../../ai/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';

/**
 * Parses the value of `--by`.
 *
 * @throws UserError if it is not a list of dimensions, or contains one of them twice
 */
export function dimensionsOf(text: string): readonly Dimension[] {
  const names = text.split(',').map((name) => name.trim());
  const found = names.map(parseDimension);
  const known = found.filter((dimension) => dimension !== undefined);
  if (known.length < names.length || new Set(known).size < known.length) {
    throw new UserError(
      `--by ${text} is not a list of dimensions`,
      EXIT.usage,
      `any of ${DIMENSIONS.join(',')}, each once, with commas between`,
    );
  }
  return known;
}
