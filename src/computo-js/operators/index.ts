/** The operators: one record each, found by name and dialect. */
export { findOperator, operatorGroups, operatorNames, operators, type OperatorGroup } from './registry.js';
export { splitReference } from './variable.js';
