/** The options of `serve` as they were typed. */
export interface ServeFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly insecure?: true;
  readonly fromScratch?: true;
  /** Addresses, separated by commas. */
  readonly join?: string;
}
