import { describeLaws } from './support/laws.js';

describeLaws(10);
