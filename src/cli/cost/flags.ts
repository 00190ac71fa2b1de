/** The options of `cost` as they were typed. */
export interface CostFlags {
  readonly since: string;
  readonly by: string;
  readonly format: 'text' | 'json' | 'csv';
  readonly config?: string;
}
