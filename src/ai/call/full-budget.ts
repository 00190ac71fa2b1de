import type { ReserveResult } from '../budget/index.js';
import { dollarText, showAmount } from '../money/index.js';
import { stopped, type StoppedCall } from './call.js';
import { accountKind } from './run-budget.js';

/** A budget without room for a call. */
export type FullBudget = Extract<ReserveResult, { kind: 'full' }>;

/**
 * Why a call is not sent.
 *
 * @param isCascade whether there has to be room for the steps of the cascade behind it, too
 * @param held the batches that hold a part of the budget, as the end of a sentence
 */
export function fullText({ isBegun, left, limit, needed }: FullBudget, isCascade: boolean, held: string): string {
  const call = isCascade ? 'a call and of the steps of the cascade behind it' : 'a call';
  const [have, need] = [`${showAmount(left)} of ${showAmount(limit)} is left`, showAmount(needed)];
  if (isBegun || held !== '') return `the budget is spent: ${have}, and the worst case of ${call} is ${need}${held}`;
  return `the budget has no room for one call: the worst case of ${call} is ${need}, and ${have}`;
}

/** @param until when the budget starts over, milliseconds since the epoch, if it does */
export function fullStop(full: FullBudget, message: string, until: number | undefined): StoppedCall {
  const { account, limit, needed } = full;
  // Another run under the same limit would stop at the same call.
  const remedy =
    needed > limit ? { kind: 'budget' as const, account: accountKind(account), needed: dollarText(needed) } : undefined;
  return { ...stopped('budget', message, remedy === undefined ? until : undefined), remedy };
}
