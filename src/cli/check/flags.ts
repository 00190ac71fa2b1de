/** The options of `check` as they were typed. */
export interface CheckFlags {
  readonly config?: string;
  readonly format: 'text' | 'json';
  readonly strict?: true;
  readonly sample?: string;
  readonly pipeline?: string;
}
