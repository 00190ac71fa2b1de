import { describeDamage } from '../support/damage.js';

describeDamage(1);
