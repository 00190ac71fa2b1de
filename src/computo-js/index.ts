export { NumberText, type Json, type JsonObject } from './value/json.js';
