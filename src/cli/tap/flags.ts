/** The options of `tap` as they were typed. */
export interface TapFlags {
  readonly stage?: string;
  readonly pipeline?: string;
  readonly filter?: string;
  readonly config?: string;
  readonly url?: string;
  readonly tokenFile?: string;
}
