/** The options of `tap` as they were typed. */
export interface TapFlags {
  readonly stage?: string;
  readonly pipeline?: string;
  /** In the order in which they were typed. */
  readonly filter?: readonly string[];
  readonly config?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}
