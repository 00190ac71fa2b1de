import { expect, it } from 'vitest';
import { devDependencies } from '../../../package.json';
import { PRICE_TABLE } from '../../../src/ai/money/model-catalogue.js';

it('names the release of the price table that is installed', () => {
  expect(devDependencies['@pydantic/genai-prices']).toBe(PRICE_TABLE.release);
});
