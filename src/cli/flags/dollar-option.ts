import { InvalidArgumentError } from 'commander';

/** Parses an amount of US dollars given as an option; it stays text, because doubles are not exact. */
export function dollarOption(text: string): string {
  if (!/^[0-9]{1,12}(\.[0-9]{1,12})?$/.test(text))
    throw new InvalidArgumentError('It must be an amount such as 20 or 0.50.');
  return text;
}
