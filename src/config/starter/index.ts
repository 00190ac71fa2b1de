import { AI } from './ai.js';
import { FLEET } from './fleet.js';
import { RUN } from './run.js';
import { SERVE } from './serve.js';
import type { StarterTemplate } from './template.js';

/** The files that `init` writes. Lightweight: nothing but text. */
export type { StarterTemplate } from './template.js';

/** Configs to start from, by name. */
export const TEMPLATES = { run: RUN, ai: AI, serve: SERVE, fleet: FLEET } as const satisfies Readonly<
  Record<string, StarterTemplate>
>;

/** The name of a config to start from. */
export type TemplateName = keyof typeof TEMPLATES;
