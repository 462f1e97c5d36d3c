import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What TensorFlow opens by name, a library after those that it needs. The driver's own (`libcuda`) is the system's. */
const opened = [
  ...['cudart', 'nvJitLink', 'nvrtc', 'cublasLt', 'cublas', 'cufft', 'curand', 'cusparse', 'cusolver'],
  ...['cupti', 'cudnn', 'nccl'],
];

/** The libraries of the CUDA wheels that have to be loaded before TensorFlow asks for them, below an installation. */
export function cudaLibraries(built: string): string[] {
  const nvidia = join(built, 'nvidia');
  const folders = existsSync(nvidia) ? readdirSync(nvidia).sort() : [];
  const files = folders.flatMap((name) => {
    const folder = join(nvidia, name, 'lib');
    return existsSync(folder) ? readdirSync(folder).map((file) => ({ file, path: `nvidia/${name}/lib/${file}` })) : [];
  });
  return opened.flatMap((library) =>
    files.filter(({ file }) => new RegExp(`^lib${library}\\.so\\.\\d+$`).test(file)).map(({ path }) => path),
  );
}

/**
 * Arguments that link the binding to those libraries, so that they are found without LD_LIBRARY_PATH; none in a set-up for the processor.
 *
 * TensorFlow opens them by their bare name, and has a RUNPATH of its own, so that none of ours counts there. A name that is already loaded
 * is not looked for: the binding needs them all, used or not, and the loader maps what it needs before what those need in turn.
 */
export function cudaLinks(built: string): string[] {
  const libraries = cudaLibraries(built);
  if (libraries.length === 0) return [];
  const folders = [...new Set(libraries.map((path) => path.slice(0, path.lastIndexOf('/'))))];
  return [
    ...folders.map((folder) => `-Wl,-rpath,$ORIGIN/../../${folder}`),
    '-Wl,--no-as-needed',
    ...libraries.map((path) => join(built, path)),
    '-Wl,--as-needed',
  ];
}
