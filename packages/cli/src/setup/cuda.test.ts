import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPath } from '../environment/programs.js';
import { cudaLibraries, cudaLinks } from './cuda.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jembench-cuda-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(path: string, text = ''): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

describe('cudaLibraries', () => {
  it('are what TensorFlow opens, each after what it needs, of wheels for CUDA 12 and 13', () => {
    file('nvidia/cusolver/lib/libcusolver.so.11');
    file('nvidia/cublas/lib/libcublas.so.12');
    file('nvidia/cublas/lib/libcublasLt.so.12');
    file('nvidia/cu13/lib/libcudart.so.13');
    file('nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9');
    file('nvidia/nvshmem/lib/nvshmem_bootstrap_mpi.so.3');
    expect(cudaLibraries(folder)).toEqual([
      'nvidia/cu13/lib/libcudart.so.13',
      'nvidia/cublas/lib/libcublasLt.so.12',
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia/cusolver/lib/libcusolver.so.11',
    ]);
  });

  it('are none without CUDA', () => {
    expect(cudaLibraries(folder)).toEqual([]);
    expect(cudaLinks(folder)).toEqual([]);
  });
});

const compiler = process.platform === 'linux' ? onPath(['c++', 'g++', 'clang++']) : null;

it.skipIf(compiler === null)('a library that opens one by its bare name gets it, without LD_LIBRARY_PATH', () => {
  const build = (output: string, source: string, ...more: string[]): string => {
    file(output);
    const args = ['-fPIC', '-o', join(folder, output), file(`${output}.cc`, source), ...more];
    const { status, stderr } = spawnSync(String(compiler), args, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    return join(folder, output);
  };
  build('nvidia/cudart/lib/libcudart.so.12', 'int cuda() { return 1; }', '-shared', '-Wl,-soname,libcudart.so.12');
  const opens = `#include <dlfcn.h>
    extern "C" int found() { return dlopen("libcudart.so.12", RTLD_LAZY) != nullptr ? 0 : 3; }`;
  // As TensorFlow's library: with a RUNPATH of its own, under which the binding's counts for nothing.
  const opener = build('tensorflow/libtensorflow_cc.so.2', opens, '-shared', '-Wl,--enable-new-dtags,-rpath,$ORIGIN');
  const calls = 'extern "C" int found(); int main() { return found(); }';
  const program = (name: string, ...links: string[]): number | null => {
    const path = build(`tfjs-node/lib/${name}`, calls, opener, ...links, '-Wl,-rpath,$ORIGIN/../../tensorflow');
    return spawnSync(path, { env: {} }).status;
  };
  expect(program('without')).toBe(3);
  expect(program('with', ...cudaLinks(folder))).toBe(0);
});
