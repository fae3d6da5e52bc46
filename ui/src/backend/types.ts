/**
 * What the engine tells and takes, generated from its structs. Every type of the engine that the window uses comes from
 * here, so that no view depends on how they are made.
 */
export type * from './generated/bindings';
