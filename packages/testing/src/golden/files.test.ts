import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { embeddedDirectory, readGoldenFiles } from './files.js';
import { topics } from './topics.js';

describe('the embedded golden files', () => {
  it('are every topic of the table once, and no other', () => {
    const embedded = readGoldenFiles('embedded').map(({ topic }) => topic);
    expect([...embedded].sort()).toEqual(topics.map(({ name }) => name).sort());
  });

  it('are packed without time, name and operating system, so that packing them again changes nothing', () => {
    for (const name of readdirSync(embeddedDirectory)) {
      const header = readFileSync(new URL(name, embeddedDirectory)).subarray(0, 10);
      // RFC 1952: magic, deflate, no flags, no time, best compression, unknown system.
      expect([...header], name).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }
  });
});
