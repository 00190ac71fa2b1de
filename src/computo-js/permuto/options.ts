/** How templates are filled in. */
export interface PermutoOptions {
  /** Whether placeholders are replaced inside longer strings, too. */
  readonly interpolation: boolean;
  /** What becomes of a placeholder whose path is not there: it stays, it is an error, or its member or element goes. */
  readonly missing: 'ignore' | 'error' | 'remove';
  /** Whether a placeholder may say what stands for a value that is missing, null or empty text: `${/pointer:-text}`. */
  readonly defaults?: boolean;
}

export const DEFAULT_PERMUTO_OPTIONS: PermutoOptions = { interpolation: false, missing: 'ignore' };
