import type { SchemaVocabulary } from '../../config/kinds/index.js';

/** The settings of every stage that calls AI providers: which providers, and in which order. */
export const servedBy = (f: SchemaVocabulary) => ({
  providers: f
    .list('provider names', f.text('a provider name'))
    .min(1, { error: 'expected at least one provider' })
    .optional()
    .describe('Which providers may serve. Default: all under ai_providers.'),
  route: f.choice(['cheapest', 'ordered', 'fastest']).prefault('cheapest').describe('Which of them is tried first.'),
});
