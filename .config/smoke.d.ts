/**
 * @param program with which each command line begins
 * @throws Error with what it printed, when a command does something else than it should
 */
export declare function smoke(program: readonly string[]): Promise<void>;
