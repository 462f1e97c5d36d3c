import {
  composedView,
  defaultTaps,
  localView,
  normalisations,
  renderedView,
  sampledView,
  viewKernels,
  viewPresets,
  type ByteBatch,
  type ViewOptions,
} from '@jembench/augmentations';
import { rootStream, type ImageBatch } from '@jembench/core';
import {
  defineBenchmark,
  peerImplementations,
  type BenchmarkDeclaration,
  type OpenBenchmark,
  type Peer,
  type PeerCase,
  type Shape,
} from '@jembench/harness';

/** Batches: the sizes of CIFAR-10 and Fashion-MNIST, and larger images. */
const shapes = {
  smoke: [
    { N: 3, H: 9, W: 7, C: 3 },
    { N: 2, H: 5, W: 6, C: 1 },
  ],
  quick: [{ N: 128, H: 32, W: 32, C: 3 }],
  full: [
    { N: 128, H: 32, W: 32, C: 3 },
    { N: 128, H: 28, W: 28, C: 1 },
    { N: 16, H: 96, W: 96, C: 3 },
    { N: 4, H: 224, W: 224, C: 3 },
  ],
  growth: [
    { N: 1, H: 32, W: 32, C: 3 },
    { N: 8, H: 32, W: 32, C: 3 },
    { N: 64, H: 32, W: 32, C: 3 },
    { N: 512, H: 32, W: 32, C: 3 },
  ],
} as const;

const views = {
  simclr: viewPresets.simclr[0],
  byol: viewPresets.byol[0],
  weak: viewPresets.weak[0],
  local: localView,
} as const satisfies Record<string, ViewOptions>;

const stream = rootStream(0).fork('bench-augmentations');

/** Bytes without any structure: no image is harder to resample, no hue harder to guess. */
function noise({ N, H, W, C }: Shape): ByteBatch {
  const source = stream.fork(`${N}x${H}x${W}x${C}`);
  const data = Uint8Array.from({ length: N * H * W * C }, () => source.integer(256));
  return { data, count: N, height: H, width: W, channels: C };
}

/** What a step must do at least: resample (two products and a sum, twice), read bytes, write floats; the rest is up to what is drawn. */
const cost = ({ N, H, W, C }: Shape) => ({ flops: 6 * N * H * W * C, bytes: 5 * N * H * W * C });

/**
 * A peer keeps the places between pixels in float32, which are off by the more the larger the image is, and noise changes from each pixel to
 * the next. Three times what that comes to at the listed sizes, at most 3.4e-7 a pixel of the longer side.
 */
const peerTolerance = ({ H, W }: Shape): number => 1e-6 * Math.max(H, W);

/** What a peer has to know of a view: what was drawn for every image, and what is the same for all. */
function viewRequest(images: ByteBatch, view: ViewOptions): Pick<PeerCase, 'tensors' | 'settings'> {
  const { count, height, width, channels, data } = images;
  const options = normalised(view, images);
  const size = typeof view.size === 'number' ? { height: view.size, width: view.size } : { height, width };
  return {
    tensors: { images: { shape: [count, height, width, channels], data } },
    settings: {
      views: sampledView(images, options, stream),
      ...{ size: [size.height, size.width], taps: defaultTaps(size.height), normalise: options.normalise },
    },
  };
}

/**
 * The views of a batch of bytes, normalised: what is drawn for every image, and its picture.
 *
 * The reference is `composedView`, and every view of ours must have its bits. Peers apply what was drawn for the reference, time after
 * time: drawing is no part of their time.
 */
export function augmentationBenchmarks(peers: readonly Peer[] = []): BenchmarkDeclaration[] {
  return Object.entries(views).map(([name, view]) =>
    defineBenchmark<ByteBatch>({
      kernel: name,
      pass: 'forward',
      shapes,
      inputs: noise,
      reference: (images) => {
        const options = normalised(view, images);
        return { view: composedView(images, sampledView(images, options, stream), options).data };
      },
      tolerance: () => 0,
      implementations: [
        { name: 'composed', cost, unavailable: () => null, open: (images) => opened(images, view, composedView) },
        {
          name: 'fused',
          cost,
          unavailable: () => viewKernels().problem,
          open: (images) => opened(images, view, renderedView),
        },
        ...peerImplementations(peers, { name: 'view', pass: 'forward' }, cost, (images: ByteBatch) =>
          viewRequest(images, view),
        ).map((peer) => ({ ...peer, tolerance: peerTolerance })),
      ],
    }),
  );
}

function normalised(view: ViewOptions, { channels }: ByteBatch): ViewOptions {
  const { mean, std } = normalisations.cifar10;
  return { ...view, normalise: { mean: mean.slice(0, channels), std: std.slice(0, channels) } };
}

/** Every step draws anew, as every step of a training does. */
function opened(images: ByteBatch, view: ViewOptions, render: typeof composedView): OpenBenchmark {
  const options = normalised(view, images);
  const drawn = (from: typeof stream): ImageBatch => render(images, sampledView(images, options, from), options);
  let step = 0;
  return {
    step() {
      drawn(stream.fork(step++));
      return Promise.resolve();
    },
    outputs: () => Promise.resolve({ view: drawn(stream).data }),
    close() {
      step = 0;
    },
  };
}
