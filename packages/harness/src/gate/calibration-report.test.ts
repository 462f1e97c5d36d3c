import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../formats/render.js';
import { decodeCalibrationRecord } from './calibration-record.js';
import { calibrationCsv, calibrationTable, calibrationVerdict, type CalibrationLine } from './calibration-report.js';
import { calibratedRate } from './calibration.js';

const line = (fails: number, of: number, wanted: CalibrationLine['wanted']): CalibrationLine => {
  const live = Array.from({ length: of }, (_, i) => (i < fails ? ('fail' as const) : ('pass' as const)));
  const failed = calibratedRate({ live, drawn: [] }, ['fail']);
  return { about: 'kernels', injected: '+10 %', failed, notPassed: failed, wanted };
};

describe('what a calibration shows', () => {
  it.each([
    // Not even one false alarm among 100 gates shows that there is less than one in 100; none among 400 does.
    [0, 400, { atMost: 0.01 }, 'pass'],
    [0, 100, { atMost: 0.01 }, 'inconclusive'],
    [9, 100, { atMost: 0.01 }, 'fail'],
    [100, 100, { atLeast: 0.9 }, 'pass'],
    [95, 100, { atLeast: 0.9 }, 'inconclusive'],
    [80, 100, { atLeast: 0.9 }, 'fail'],
    [80, 100, null, 'pass'],
  ] as const)('is for %d fails of %d, wanted %j: %s', (fails, of, wanted, said) => {
    expect(calibrationVerdict(line(fails, of, wanted))).toBe(said);
  });

  it('has a table and a CSV with the interval of every rate', () => {
    const one = line(95, 100, { atLeast: 0.9 });
    const markdown = renderMarkdown(calibrationTable([one], 'Calibration')).replaceAll(/ +/g, ' ');
    // R: binom.test(95, 100)$conf.int is 0.8871651 to 0.9835681.
    expect(markdown).toContain('| kernels | +10 % | 100 | 100 | 95.0 % | 88.7 % to 98.4 % |');
    expect(markdown).toContain('>= 90.0 %');
    const [header, cells] = calibrationCsv([one]).trim().split('\n');
    expect(header).toBe(
      'about,injected,verdicts,live,fail,fail_low,fail_high,not_passed,not_passed_low,not_passed_high,wanted',
    );
    expect(cells).toMatch(/^kernels,\+10 %,100,100,0\.95,0\.88716\d*,0\.98356\d*,0\.95,/);
  });
});

describe('a record', () => {
  it.each([
    [{ schema: 2 }, 'schema, got 2, wanted 1'],
    [{ schema: 1, type: 'night' }, 'type'],
    [{ schema: 1, type: 'timing', pair: 0, benchmark: 'a', injected: 0, ratio: null, moved: [] }, 'ratio'],
    [[], 'schema, got none'],
  ])('%j is refused', (value, says) => {
    expect(() => decodeCalibrationRecord(value, 'records:1')).toThrow(`records:1: ${says}`);
  });
});
