/** How to fill in templates. */
export interface PermutoOptions {
  /** Whether placeholders inside longer strings are replaced, too. */
  readonly interpolation: boolean;
  /** What to do with a placeholder whose path is missing: keep it, raise an error, or remove its member or element. */
  readonly missing: 'ignore' | 'error' | 'remove';
  /** Whether a placeholder may give a default for a value that is missing, null or empty text: `${/pointer:-text}`. */
  readonly defaults?: boolean;
}

export const DEFAULT_PERMUTO_OPTIONS: PermutoOptions = { interpolation: false, missing: 'ignore' };
