/**
 * What every engine has but neither TypeScript's `ES2023` library nor all of Node's types declare: the DOM library must not leak into packages
 * that run everywhere, and other packages type-check these sources with their own settings.
 */
interface WasmModule {
  readonly kind?: 'module';
}

interface WasmApi {
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: unknown };
  compile(bytes: Uint8Array): Promise<WasmModule>;
  validate(bytes: Uint8Array): boolean;
}

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

interface Platform {
  readonly WebAssembly: WasmApi;
  readonly atob: (base64: string) => string;
  /** Node only. */
  readonly process?: { getBuiltinModule?(name: string): { setFlagsFromString(flags: string): void } | undefined };
}

export const platform = globalThis as unknown as Platform;
