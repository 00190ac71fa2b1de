import { acquireAll, type Gate, type Limiter, type RateMeter } from '../limit/index.js';
import type { Provider, ProviderRequest, ProviderResult } from '../provider/index.js';
import { NOT_SENT, type Stops } from './gatherer.js';

/** What a request passes on its way to a provider. */
export interface Passage {
  readonly gate: Gate;
  limiters(model: string): readonly Limiter[];
  readonly requestRate: RateMeter;
  readonly provider: Provider;
}

/** Makes one HTTP attempt for several calls, whose tokens are already within the limits. */
export async function sendGathered(
  passage: Passage,
  request: ProviderRequest,
  { soft, hard }: Stops,
  now: number,
): Promise<ProviderResult> {
  const { gate, requestRate, provider } = passage;
  const release = await gate.enter(soft);
  if (release === undefined) return NOT_SENT;
  try {
    const admission = await acquireAll(passage.limiters(request.model), 0, soft);
    if (admission.kind !== 'granted') return NOT_SENT;
    requestRate.add(1, now);
    const result = await provider.call(request, hard);
    admission.permit.settle(0);
    return result;
  } finally {
    release();
  }
}
