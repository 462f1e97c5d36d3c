/** A WebAssembly module that a package carries as text: its functions and memory, or why this engine does not take it. */
export interface EmbeddedModule<Kernels> {
  readonly kernels: Kernels | null;
  readonly problem: string | null;
}

/** What every engine has but `ES2023` does not declare; the library of a browser must not leak into code that runs everywhere. */
interface Platform {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
  readonly atob: (base64: string) => string;
}

/**
 * Compiles a module without imports, at once: it has to be a small one.
 *
 * Never throws: where the engine has no WebAssembly, or not all of it that the module uses, `problem` says so and the caller goes on
 * without the kernels.
 *
 * @param platform `globalThis`, or what a test puts in its place.
 */
export function embeddedModule<Kernels>(base64: string, platform: unknown = globalThis): EmbeddedModule<Kernels> {
  const { WebAssembly, atob } = platform as Platform;
  try {
    if (WebAssembly === undefined) return { kernels: null, problem: 'this engine has no WebAssembly' };
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return { kernels: exports as Kernels, problem: null };
  } catch (error) {
    return { kernels: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
