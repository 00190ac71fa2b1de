/** What we use of WebAssembly, which Node has, but its types have not. */
declare namespace WebAssembly {
  class Memory {
    constructor(options: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    /** @throws RangeError */
    grow(pages: number): number;
  }
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: Uint8Array) => Module;
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}

/** The bytes of a module as base64, compiled as it is bundled. */
declare module '*.wasm' {
  const base64: string;
  export default base64;
}
