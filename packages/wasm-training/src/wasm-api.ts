/**
 * The part of the WebAssembly JavaScript interface used here: neither TypeScript's `ES2023` library nor Node's types declare it, and the
 * DOM library must not leak into packages that run everywhere.
 */
interface WasmModule {
  readonly kind?: 'module';
}
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown };
  compile(bytes: Uint8Array): Promise<WasmModule>;
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
}
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WasmApi }).WebAssembly;
