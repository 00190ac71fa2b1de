import { createLimiter, type Limiter, type LimiterStatus, type SharedBuckets } from '../limit/index.js';
import type { AiWorld } from '../ai-world.js';
import type { LaneOptions, RateLimit } from './options.js';

/** The limits of a lane per minute. */
export interface LaneLimits {
  /** A model's limits: what answers say about limits applies only to their model. */
  limitsOf(model: string): ModelLimits;
  /** The limiters that a request for a model must pass: the model's, then the provider's, if configured. */
  limiters(model: string): readonly Limiter[];
  /** The limits of all its models together; of one model, if only that one was used. */
  limitStatus(): LimiterStatus;
}

export interface ModelLimits {
  readonly limiter: Limiter;
  /** Set if the provider asked for a wait longer than is accepted: no requests for this model are sent before this time. */
  limitedUntil: number;
}

/** The most models whose limits are remembered, apart from those in use, because events may name any. */
const MODELS_MAX = 200;

/**
 * @param wireModel the provider's name of a model
 * @param bucketsOf the buckets of the lane as a whole, or of a model
 */
export function createLaneLimits(
  { models, rate_limit: whole }: Pick<LaneOptions, 'models' | 'rate_limit'>,
  wireModel: (model: string) => string,
  bucketsOf: (model?: string) => SharedBuckets,
  world: AiWorld,
): LaneLimits & { readonly close: () => Promise<void> } {
  const own = new Map(models?.map((model) => [model.name, model.rate_limit]));
  const limiterFor = (limits: RateLimit | undefined, buckets: SharedBuckets): Limiter =>
    createLimiter(
      { requestsPerMinute: limits?.requests_per_minute, tokensPerMinute: limits?.tokens_per_minute },
      buckets,
      world,
    );
  const common = whole && limiterFor(whole, bucketsOf());
  const byModel = new Map<string, ModelLimits>();

  const limitsOf = (asked: string): ModelLimits => {
    const model = own.get(asked) === undefined ? wireModel(asked) : asked;
    const known = byModel.get(model);
    if (known !== undefined) return known;
    for (const [other, { limiter, limitedUntil }] of byModel) {
      if (byModel.size < MODELS_MAX) break;
      if (limiter.status().waiting > 0 || limitedUntil > world.now()) continue;
      byModel.delete(other);
      void limiter.close();
    }
    const made = { limiter: limiterFor(own.get(model), bucketsOf(model)), limitedUntil: 0 };
    byModel.set(model, made);
    return made;
  };

  return {
    limitsOf,
    limiters(model) {
      const { limiter } = limitsOf(model);
      return common === undefined ? [limiter] : [limiter, common];
    },
    limitStatus() {
      const each = [...byModel.values()].map(({ limiter }) => limiter.status());
      const all = common?.status();
      const shown = each.length === 1 ? { ...all, ...each[0] } : all;
      const waiting = [...each, ...(all === undefined ? [] : [all])].reduce((sum, one) => sum + one.waiting, 0);
      return { ...shown, pausedUntil: shown?.pausedUntil ?? 0, waiting };
    },
    async close() {
      const limiters = [...byModel.values()].map(({ limiter }) => limiter);
      await Promise.all([...limiters, ...(common === undefined ? [] : [common])].map((each) => each.close()));
    },
  };
}
