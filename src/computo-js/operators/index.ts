/** The operators: one record each, found by name and dialect. */
export { findOperator, operatorNames, operators } from './registry.js';
export { splitReference } from './variable.js';
