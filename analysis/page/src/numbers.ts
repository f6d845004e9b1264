// Numbers over runs, as analysis/summary.c has them (a test holds the two together), and how they are written.
import { lang } from './words';

export interface Row {
  mean: number;
  sd: number;
  low: number; // 5th percentile; of a share in one clinic, the end of its 90 % Wilson interval
  high: number;
  n: number;
  runs: number;
}

const z90 = 1.6448536269514722;

/** Type-7 quantile of sorted values. */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const place = (n - 1) * p;
  const below = Math.floor(place);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, n - 1)] ?? NaN;
  return low + (place - below) * (high - low);
}

export function wilson(yes: number, n: number, z = z90): [number, number] {
  if (n === 0) return [NaN, NaN];
  const share = yes / n;
  const z2 = z * z;
  const middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [yes <= 0 ? 0 : Math.max(0, middle - half), yes >= n ? 1 : Math.min(1, middle + half)];
}

export function summarize(values: ArrayLike<number>, isShare: boolean): Row {
  const there = Float64Array.from(Array.from(values).filter((v) => !Number.isNaN(v))).sort();
  const n = there.length;
  if (n === 0) return { mean: NaN, sd: NaN, low: NaN, high: NaN, n, runs: values.length };
  let mean = 0;
  there.forEach((v, i) => (mean += (v - mean) / (i + 1)));
  let square = 0;
  for (const v of there) square += (v - mean) ** 2;
  const sd = n > 1 ? Math.sqrt(square / (n - 1)) : 0;
  const [low, high] = isShare ? wilson(mean * n, n) : [quantile(there, 0.05), quantile(there, 0.95)];
  return { mean, sd, low, high, n, runs: values.length };
}

/** 95th percentile of Student's t (Cornish-Fisher from the normal; 4 digits from 8 degrees of freedom on). */
export function student95(freedom: number): number {
  const z = z90;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

export interface Pairs {
  a: number; // means over the pairs
  b: number;
  difference: Row; // b minus a, over pairs: mean and the middle 90 %; of shares, the 90 % interval of the mean
  higher: number; // pairs of n in which b is higher
  lower: number;
  n: number;
}

export function pairs(a: ArrayLike<number>, b: ArrayLike<number>, isShare: boolean): Pairs {
  const differences: number[] = [];
  let higher = 0;
  let lower = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.length; i++) {
    const d = (b[i] ?? NaN) - (a[i] ?? NaN);
    if (Number.isNaN(d)) continue;
    differences.push(d);
    sumA += a[i] ?? NaN;
    sumB += b[i] ?? NaN;
    if (d > 0) higher++;
    if (d < 0) lower++;
  }
  const n = differences.length;
  const difference = summarize(differences, false);
  if (isShare && n > 1) {
    const half = (student95(n - 1) * difference.sd) / Math.sqrt(n);
    Object.assign(difference, { low: difference.mean - half, high: difference.mean + half });
  }
  return { a: sumA / n, b: sumB / n, difference, higher, lower, n };
}

// ---- how numbers are written ----

export const locale = (): string => (lang() === 'fr' ? 'fr-CA' : 'en-CA');

export function number(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return '–';
  const zero = Math.abs(value) < 0.5 / 10 ** digits ? 0 : value;
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits })
    .format(zero)
    .replace('-', '−');
}

/** Unrounded, as a spreadsheet of this language reads it. */
export const decimal = (value: number): string => String(Number(value.toPrecision(12))).replace('.', lang() === 'fr' ? ',' : '.');

/** A share as so many of a hundred. */
export const ofHundred = (share: number): string => number(100 * share);

export function percent(share: number, signed = false): string {
  if (!Number.isFinite(share)) return '–';
  const sign = signed && Math.round(100 * share) > 0 ? '+' : '';
  return `${sign}${number(100 * share)}${lang() === 'fr' ? '\u00a0' : ''}%`;
}

/** As many digits as a number of its size deserves. */
export function figure(value: number): string {
  const size = Math.abs(value);
  return number(value, size >= 20 || value === 0 ? 0 : size >= 2 ? 1 : 2);
}

export function withSign(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}
