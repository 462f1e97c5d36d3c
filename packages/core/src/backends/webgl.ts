import { BackendError } from '../errors.js';
import { tf } from '../tf.js';
import { activate } from './activate.js';
import { isSoftware } from './software.js';
import type { BackendDescriptor, Support } from './types.js';

/** The parts of WebGL that are used here: the house type-checks without the DOM's library. */
interface WebGL {
  readonly VENDOR: number;
  readonly RENDERER: number;
  readonly VERSION: number;
  readonly canvas: { addEventListener(type: string, listener: (event: { statusMessage?: string }) => void): void };
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): string;
  isContextLost(): boolean;
}

interface Canvas {
  getContext(kind: 'webgl2'): WebGL | null;
}

interface Platform {
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
  readonly document?: { createElement(name: 'canvas'): Canvas };
}

/** A context of its own to ask with: the backend makes another. */
function probe(): WebGL | null {
  const { OffscreenCanvas, document } = globalThis as Platform;
  const canvas = OffscreenCanvas === undefined ? document?.createElement('canvas') : new OffscreenCanvas(1, 1);
  return canvas?.getContext('webgl2') ?? null;
}

function support(): Promise<Support> {
  return Promise.resolve(
    probe() === null
      ? {
          available: false,
          reason: 'there is no WebGL 2 in this runtime, as browsers have it',
          advice: 'use wasm, or run it in a browser: --host browser',
        }
      : { available: true, reason: 'WebGL 2', advice: '' },
  );
}

function context(): WebGL {
  if (tf.getBackend() !== 'webgl') {
    throw new BackendError(`webgl: got the ${tf.getBackend()} backend, wanted webgl; call useBackend first`);
  }
  return (tf.backend() as unknown as { gpgpu: { gl: WebGL } }).gpgpu.gl;
}

/** The flags that decide a code path: where small tensors are computed, how textures are laid out, which floats they hold. */
const flags = [
  'WEBGL_VERSION',
  'WEBGL_RENDER_FLOAT32_ENABLED',
  'WEBGL_FORCE_F16_TEXTURES',
  'WEBGL_PACK',
  'WEBGL_PACK_BINARY_OPERATIONS',
  'WEBGL_PACK_UNARY_OPERATIONS',
  'WEBGL_CPU_FORWARD',
  'CPU_HANDOFF_SIZE_THRESHOLD',
] as const;

/** tfjs's WebGL backend: browsers only. */
export const webgl: BackendDescriptor = {
  support,
  async load() {
    await import('@tensorflow/tfjs-backend-webgl');
    // Packed, four values a texel, they write into the texels' unused corners, and a product over an odd length adds those up.
    tf.env().set('WEBGL_PACK_BINARY_OPERATIONS', false);
    tf.env().set('WEBGL_PACK_UNARY_OPERATIONS', false);
    await activate('webgl');
  },
  /**
   * The first element, read: commands run in their order, and only reading waits for them. `data()` would poll with a timer that browsers
   * slow down.
   */
  fence(tensor) {
    tf.tidy(() => tf.slice(tf.reshape(tensor, [tensor.size]), [0], [1]).dataSync());
    if (context().isContextLost()) return Promise.reject(new BackendError('webgl: the context was lost'));
    return Promise.resolve();
  },
  lost: () =>
    new Promise((resolve) => {
      context().canvas.addEventListener('webglcontextlost', ({ statusMessage }) => {
        resolve(`webgl: the context was lost${statusMessage ? `: ${statusMessage}` : ''}`);
      });
    }),
  describe() {
    const gl = context();
    const names = gl.getExtension('WEBGL_debug_renderer_info');
    const adapter = gl.getParameter(names === null ? gl.RENDERER : names.UNMASKED_RENDERER_WEBGL);
    return {
      name: 'webgl',
      tfjs: tf.version_core,
      build: `webgl@${tf.version_core}`,
      threads: 1,
      flags: Object.fromEntries(flags.map((flag) => [flag, tf.env().get(flag) as boolean | number])),
      software: isSoftware(adapter),
      adapter,
      driver: gl.getParameter(gl.VERSION),
    };
  },
};
