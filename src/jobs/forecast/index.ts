/** A dry run: what a run would ask AI providers, and what that would cost. */
export { forecast } from './forecast.js';
export type { Bill, BillStage } from './bill.js';
export type { Range } from './extrapolate.js';
