import { cifarFormats, type CifarFormat } from '../formats/cifar.js';

/** A file on the web and how to know it. */
export interface Download {
  readonly file: string;
  /** Where it is, in the order in which to try. */
  readonly urls: readonly string[];
  readonly bytes: number;
  readonly sha256: string;
}

/** A file of images with their labels in it. */
interface CifarPart {
  readonly file: string;
  readonly images: number;
}

/** A file of images and the file of their labels. */
interface IdxPart {
  readonly imagesFile: string;
  readonly labelsFile: string;
  readonly images: number;
}

interface Published {
  readonly title: string;
  readonly classes: readonly string[];
  /** Customary folders of the files, below a data folder. */
  readonly folders: readonly string[];
  /** What to fetch where nobody has the files. A `.tar.gz` holds them. */
  readonly downloads: readonly Download[];
}

export interface CifarSource extends Published {
  readonly kind: 'cifar';
  readonly format: CifarFormat;
  readonly train: readonly CifarPart[];
  readonly test: readonly CifarPart[];
}

export interface IdxSource extends Published {
  readonly kind: 'idx';
  readonly train: readonly IdxPart[];
  readonly test: readonly IdxPart[];
}

export type PublishedSource = CifarSource | IdxSource;

const idxParts = {
  train: [{ imagesFile: 'train-images-idx3-ubyte', labelsFile: 'train-labels-idx1-ubyte', images: 60_000 }],
  test: [{ imagesFile: 't10k-images-idx3-ubyte', labelsFile: 't10k-labels-idx1-ubyte', images: 10_000 }],
} as const;

/**
 * The data sets that others publish. Checksums and sizes of archives are those that tensorflow/datasets@2740d30 and its successors list
 * (`tensorflow_datasets/url_checksums`), which agree with the MD5 sums on the authors' pages.
 */
export const published = {
  cifar10: {
    kind: 'cifar',
    title: 'CIFAR-10 (binary version)',
    format: cifarFormats.cifar10,
    classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
    folders: ['cifar-10-batches-bin', 'cifar10'],
    train: [1, 2, 3, 4, 5].map((i) => ({ file: `data_batch_${i}.bin`, images: 10_000 })),
    test: [{ file: 'test_batch.bin', images: 10_000 }],
    downloads: [
      {
        file: 'cifar-10-binary.tar.gz',
        urls: [
          'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
          'https://mindspore-website.obs.cn-north-4.myhuaweicloud.com/notebook/datasets/cifar-10-binary.tar.gz',
        ],
        bytes: 170_052_171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
      },
    ],
  },
  cifar100: {
    kind: 'cifar',
    title: 'CIFAR-100 (binary version)',
    format: cifarFormats.cifar100,
    // prettier-ignore
    classes: [
      'apple', 'aquarium_fish', 'baby', 'bear', 'beaver', 'bed', 'bee', 'beetle', 'bicycle', 'bottle', 'bowl', 'boy', 'bridge', 'bus',
      'butterfly', 'camel', 'can', 'castle', 'caterpillar', 'cattle', 'chair', 'chimpanzee', 'clock', 'cloud', 'cockroach', 'couch', 'crab',
      'crocodile', 'cup', 'dinosaur', 'dolphin', 'elephant', 'flatfish', 'forest', 'fox', 'girl', 'hamster', 'house', 'kangaroo', 'keyboard',
      'lamp', 'lawn_mower', 'leopard', 'lion', 'lizard', 'lobster', 'man', 'maple_tree', 'motorcycle', 'mountain', 'mouse', 'mushroom',
      'oak_tree', 'orange', 'orchid', 'otter', 'palm_tree', 'pear', 'pickup_truck', 'pine_tree', 'plain', 'plate', 'poppy', 'porcupine',
      'possum', 'rabbit', 'raccoon', 'ray', 'road', 'rocket', 'rose', 'sea', 'seal', 'shark', 'shrew', 'skunk', 'skyscraper', 'snail',
      'snake', 'spider', 'squirrel', 'streetcar', 'sunflower', 'sweet_pepper', 'table', 'tank', 'telephone', 'television', 'tiger',
      'tractor', 'train', 'trout', 'tulip', 'turtle', 'wardrobe', 'whale', 'willow_tree', 'wolf', 'woman', 'worm',
    ],
    folders: ['cifar-100-binary', 'cifar100'],
    train: [{ file: 'train.bin', images: 50_000 }],
    test: [{ file: 'test.bin', images: 10_000 }],
    downloads: [
      {
        file: 'cifar-100-binary.tar.gz',
        urls: ['https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz'],
        bytes: 168_513_733,
        sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
      },
    ],
  },
  mnist: {
    kind: 'idx',
    title: 'MNIST',
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    folders: ['mnist', 'MNIST/raw'],
    ...idxParts,
    downloads: idxDownloads(
      ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
      [
        [9_912_422, '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609'],
        [28_881, '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c'],
        [1_648_877, '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6'],
        [4_542, 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6'],
      ],
    ),
  },
  'fashion-mnist': {
    kind: 'idx',
    title: 'Fashion-MNIST',
    classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    folders: ['fashion-mnist', 'FashionMNIST/raw'],
    ...idxParts,
    downloads: idxDownloads(
      [
        'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
        'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/',
      ],
      [
        [26_421_880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
        [29_515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
        [4_422_102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
        [5_148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
      ],
    ),
  },
} as const satisfies Record<string, PublishedSource>;

/** Sizes and checksums in the order training images, training labels, test images, test labels. */
function idxDownloads(
  folders: readonly string[],
  sums: readonly (readonly [bytes: number, sha256: string])[],
): Download[] {
  const names = [...idxParts.train, ...idxParts.test].flatMap((part) => [part.imagesFile, part.labelsFile]);
  return names.map((name, i) => ({
    file: `${name}.gz`,
    urls: folders.map((folder) => `${folder}${name}.gz`),
    bytes: sums[i][0],
    sha256: sums[i][1],
  }));
}
