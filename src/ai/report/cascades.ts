import { knownCost } from './known-cost.js';
import type { LedgerEntry } from '../ledger/index.js';
import { NOTHING, plus, type Totals } from '../ledger/index.js';
import type { Nano } from '../money/index.js';

/** The cost of a stage's cascade, and the cost that it is compared with. */
export interface CascadeCost {
  readonly pipeline: string;
  readonly stage: string;
  /** In order. A step whose model was changed meanwhile is listed once per model. */
  readonly steps: readonly CascadeStepCost[];
  /** The model of the last step. */
  readonly last: string;
  /** The known cost of all steps. */
  readonly cost: Nano;
  /** What the last model would have cost for the tokens of the first step's answers; null if its price was unknown. */
  readonly allAtLast: Nano | null;
}

export interface CascadeStepCost {
  /** From 1. */
  readonly step: number;
  readonly model: string;
  readonly totals: Totals;
}

/** The maximum number of stages and last models that are distinguished. Further ones are left out; `cost --by stage` has them. */
const CASCADES_MAX = 1000;
/** The maximum number of models of one step. */
const MODELS_MAX = 100;

interface Sums {
  readonly steps: Map<string, { readonly step: number; readonly model: string; totals: Totals }>;
  readonly names: Pick<CascadeCost, 'pipeline' | 'stage' | 'last'>;
  allAtLast: Nano | null;
}

/** Sums up the attempts of cascades in bounded memory. */
export class Cascades {
  readonly #sums = new Map<string, Sums>();

  add(entry: LedgerEntry): void {
    const { pipeline, stage, model, cascade, end } = entry;
    if (cascade === undefined) return;
    const { step, last } = cascade;
    const key = JSON.stringify([pipeline, stage, last]);
    const sums: Sums = this.#sums.get(key) ?? { steps: new Map(), names: { pipeline, stage, last }, allAtLast: 0n };
    if (this.#sums.size >= CASCADES_MAX && !this.#sums.has(key)) return;
    this.#sums.set(key, sums);
    const ofStep = JSON.stringify([step, model]);
    const before = sums.steps.get(ofStep) ?? { step, model, totals: NOTHING };
    if (sums.steps.size >= MODELS_MAX && !sums.steps.has(ofStep)) return;
    sums.steps.set(ofStep, { ...before, totals: plus(before.totals, entry) });
    const instead = end?.instead;
    if (instead === undefined) return;
    sums.allAtLast = instead === null || sums.allAtLast === null ? null : sums.allAtLast + instead;
  }

  get all(): readonly CascadeCost[] {
    return [...this.#sums.values()].map(({ steps, names, allAtLast }) => {
      const inOrder = [...steps.values()].sort((a, b) => a.step - b.step);
      return {
        ...names,
        steps: inOrder,
        allAtLast,
        cost: inOrder.reduce((sum, one) => sum + knownCost(one.totals), 0n),
      };
    });
  }
}
