/** JSON values: their kinds, exact numbers, equality, order and text. */
export { add, divide, isApproximately, isZero, multiply, remainder, subtract } from './arithmetic.js';
export { compareNumbers } from './compare-numbers.js';
export { readDecimal } from './decimal.js';
export { describe, shorten } from './describe.js';
export { EffortExceeded, spendMembers, spendSteps, spendText, spendUnits, unlimited, type Effort } from './effort.js';
export { equal } from './equal.js';
export { insideOf, partAt, type Inside } from './inside.js';
export { IntegerTooLong, INTEGER_DIGITS_MAX, integerOf } from './integer.js';
export { NumberText, type Json, type JsonNumber, type JsonObject } from './json.js';
export { isArray, isNumber, isObject, kindOf, type JsonKind } from './kind.js';
export { exceeds } from './measure.js';
export { nearestName } from './nearest-name.js';
export { compareValues, sortedKeys } from './order.js';
export { entriesOf, isIndexKey, keysOf, orderedObject, withMember, withoutMember } from './ordered-object.js';
export { rebuilt } from './rebuilt.js';
export { canonicalText, distinctKey, stringify } from './stringify.js';
export { isTruthy } from './truthy.js';
export { unmetered } from './unmetered.js';
