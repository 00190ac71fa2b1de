import type { AiClient } from '../../ai/index.js';
import { aiStatusReporter } from './ai-status.js';
import { aiSummary, type AiSummary } from './ai-summary.js';
import type { ProgressReporter, ProgressWorld } from './progress.js';

/** What a run with AI stages says of its calls. */
export interface AiTalk {
  reporter(world: ProgressWorld, totalBytes: number | undefined): ProgressReporter;
  summary(): Promise<AiSummary>;
}

/** @param pipeline whose own budget counts for what is left */
export function aiTalk(client: AiClient, pipeline: string): AiTalk {
  return {
    reporter: (world, totalBytes) =>
      aiStatusReporter({ ...world, now: Date.now, every }, () => client.status(pipeline), totalBytes),
    summary: async () => aiSummary(await client.status(pipeline)),
  };
}

function every(ms: number, then: () => void): () => void {
  const timer = setInterval(then, ms).unref();
  return () => clearInterval(timer);
}
