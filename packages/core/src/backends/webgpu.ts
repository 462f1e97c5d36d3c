import { BackendError } from '../errors.js';
import { tf } from '../tf.js';
import { activate } from './activate.js';
import { isSoftware } from './software.js';
import type { BackendDescriptor, Support } from './types.js';
import { registerWebgpuKernels } from './webgpu-kernel.js';

/** The parts of WebGPU that are used here: the house type-checks without the DOM's library. */
interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly info: AdapterInfo;
  readonly isFallbackAdapter?: boolean;
  requestDevice(descriptor: object): Promise<Device>;
}

interface Device {
  readonly features: ReadonlySet<string>;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  createShaderModule(descriptor: { code: string }): object;
  addEventListener(type: 'uncapturederror', listener: (event: { error: Error }) => void): void;
}

interface Gpu {
  requestAdapter(options: { powerPreference: string }): Promise<Adapter | null>;
}

const gpu = (): Gpu | undefined => (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
const requestAdapter = async (): Promise<Adapter | null> =>
  (await gpu()?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;

interface Loaded {
  readonly adapter: Adapter;
  readonly device: Device;
  /** Resolves with what went wrong on the device, of which no call tells: it was lost, or refused a command and left zeros behind. */
  readonly lost: Promise<string>;
}

// One per process, like tfjs's own registry.
let loaded: Loaded | undefined;

async function support(): Promise<Support> {
  const advice = 'use wasm, run it in a browser with a GPU (--host browser)';
  if (gpu() === undefined) {
    return {
      available: false,
      reason: 'there is no WebGPU in this runtime, as browsers have it',
      advice: `${advice}, or in Node \`jembench setup webgpu\``,
    };
  }
  const adapter = await requestAdapter();
  return adapter === null
    ? {
        available: false,
        reason: 'WebGPU is there, but no adapter: neither a GPU nor a software driver',
        advice: `${advice}, or install a Vulkan driver and its loader (Debian: libvulkan1 and mesa-vulkan-drivers 25 or newer)`,
      }
    : {
        available: true,
        reason: `WebGPU on ${nameOf(adapter.info)}${isSoftwareAdapter(adapter) ? ', in software' : ''}`,
        advice: '',
      };
}

/** Features that the backend and our kernels use where the adapter has them. */
const features = ['timestamp-query', 'bgra8unorm-storage', 'subgroups'];

/** Limits that tfjs's own kernels may need beyond the defaults. */
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
];

async function open(): Promise<Loaded> {
  const adapter = await requestAdapter();
  if (adapter === null)
    throw new BackendError('webgpu: got no adapter, wanted one; call backendSupport for what to do');
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  const lost = new Promise<string>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      resolve(`webgpu: the device was lost (${reason || 'unknown'})${message ? `: ${message}` : ''}`);
    });
    device.addEventListener('uncapturederror', ({ error }) => {
      resolve(`webgpu: the device refused a command: ${error.message}`);
    });
  });
  return { adapter, device: withDirectivesFirst(device), lost };
}

/** tfjs puts its own declarations before a program's code, but WGSL wants `enable` directives before everything else. */
function withDirectivesFirst(device: Device): Device {
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) => {
    const directives = descriptor.code.match(/^enable \w+;$/gm) ?? [];
    if (directives.length === 0) return create(descriptor);
    return create({
      ...descriptor,
      code: [...directives, descriptor.code.replaceAll(/^enable \w+;$/gm, '')].join('\n'),
    });
  };
  return device;
}

const nameOf = ({ vendor, architecture, device, description }: AdapterInfo): string =>
  [vendor, architecture, device, description].filter((part) => part !== '').join(' ') || 'unnamed adapter';

const isSoftwareAdapter = ({ info, isFallbackAdapter }: Adapter): boolean =>
  isSoftware(nameOf(info)) || (info.isFallbackAdapter ?? isFallbackAdapter ?? false);

/** The flags that decide a code path: where small tensors are computed, how many kernels go to the device together. */
const flags = [
  'WEBGPU_CPU_FORWARD',
  'WEBGPU_CPU_HANDOFF_SIZE_THRESHOLD',
  'WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE',
  'WEBGPU_MATMUL_PROGRAM_TYPE',
] as const;

/**
 * tfjs's WebGPU backend, on a device of our own: tfjs asks for one without subgroups, and does not tell when it is lost.
 *
 * In browsers, and in Node once `navigator.gpu` is provided.
 */
export const webgpu: BackendDescriptor = {
  support,
  async load() {
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    if (loaded === undefined) {
      loaded = await open();
      const { device, adapter } = loaded;
      if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu');
      type Arguments = ConstructorParameters<typeof WebGPUBackend>;
      const [own, info] = [device, adapter.info] as unknown as Arguments;
      tf.registerBackend('webgpu', () => new WebGPUBackend(own, info));
    }
    await activate('webgpu');
    registerWebgpuKernels();
  },
  /** The first element, read: commands run in their order, and only reading waits for them. */
  async fence(tensor) {
    const first = tf.tidy(() => tf.slice(tf.reshape(tensor, [tensor.size]), [0], [1]));
    await first.data();
    first.dispose();
  },
  lost: () => theLoaded().lost,
  describe() {
    const { adapter, device } = theLoaded();
    const name = nameOf(adapter.info);
    return {
      name: 'webgpu',
      tfjs: tf.version_core,
      build: `webgpu@${tf.version_core}`,
      threads: 1,
      flags: {
        ...Object.fromEntries(flags.map((flag) => [flag, tf.env().get(flag) as boolean | number])),
        subgroups: device.features.has('subgroups'),
      },
      software: isSoftwareAdapter(adapter),
      adapter: name,
    };
  },
};

function theLoaded(): Loaded {
  if (loaded === undefined) throw new BackendError('webgpu: used before it was loaded; call useBackend first');
  return loaded;
}
