/** What a set-up is made of: names, versions, hashes. Tests bring their own; nothing else here knows a number. */
export interface Recipe {
  /** The TensorFlow that was tried with this binding. */
  readonly version: string;
  /** SHA-256 of files by name. A file of that name with another hash is refused; others pass with the index's own check. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly packages: readonly NpmPackage[];
  /** What is downloaded, and what the disk must hold for a moment, in MB. */
  readonly size: Readonly<Record<Variant, { readonly download: number; readonly disk: number }>>;
}

export type Variant = 'cpu' | 'gpu';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** The registry's integrity of the tarball; npm checks what the registry says, we check that it says this. */
  readonly sha512: string;
  readonly variant?: Variant;
  /** Where its files go, below the installation. */
  readonly folder: string;
}

export const recipe: Recipe = {
  version: '2.21.0',
  sha256: {
    'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl':
      'd143e92f5c0661cdfa26eaca8f73cd2efd0ec53a68af8dec82f584ba8eb14b83',
    'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
      '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl':
      'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    'tensorflow_cpu-2.21.0-cp313-cp313-manylinux_2_27_x86_64.whl':
      '05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793',
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl':
      '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl':
      '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
  },
  packages: [
    {
      name: '@tensorflow/tfjs-node',
      version: '4.22.0',
      sha512: 'uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
      variant: 'cpu',
      folder: 'tfjs-node',
    },
    {
      name: '@tensorflow/tfjs-node-gpu',
      version: '4.22.0',
      sha512: 'p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
      variant: 'gpu',
      folder: 'tfjs-node',
    },
    {
      name: 'node-api-headers',
      version: '1.9.0',
      sha512: '2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
      folder: 'node-api-headers',
    },
    {
      name: 'google-protobuf',
      version: '3.21.4',
      sha512: 'MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==',
      folder: 'node_modules/google-protobuf',
    },
  ],
  size: { cpu: { download: 275, disk: 1300 }, gpu: { download: 3500, disk: 11_000 } },
};
