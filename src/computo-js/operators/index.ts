/** The operators: one record each, looked up by name and dialect. */
export { findOperator, operatorGroups, operatorNames, operators, type OperatorGroup } from './registry.js';
export { splitReference } from './variable.js';
