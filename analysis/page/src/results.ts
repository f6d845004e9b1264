// Results of runs, wherever they come from: gathered from the engine as they arrive, or out of a report.
import { quantile, summarize, wilson, type Row } from './numbers';

/** Over runs, week by week: 5, 25, 50, 75 and 95 % quantiles, mean and SD. */
export interface Band {
  q05: Float64Array;
  q25: Float64Array;
  q50: Float64Array;
  q75: Float64Array;
  q95: Float64Array;
  mean: Float64Array;
  sd: Float64Array;
}

export const ALL = -1; // all clinics together

export interface Results {
  arms: string[];
  clinics: string[];
  runs: number;
  weeks: number;
  /** One value a run; NaN where it does not exist. */
  outcome(arm: number, clinic: number, id: string): Float64Array;
  band(arm: number, clinic: number, series: string): Band | null;
  /** Band of b minus a, run by run on the same luck. */
  gap(a: number, b: number, clinic: number, series: string): Band | null;
}

export interface Answer {
  arms: string[];
  clinics: string[];
  runs: number;
  weeks: number;
  failed: number;
  outcomes: string;
  series: Record<string, string>;
}

export function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

function emptyBand(weeks: number): Band {
  const column = (): Float64Array => new Float64Array(weeks);
  return { q05: column(), q25: column(), q50: column(), q75: column(), q95: column(), mean: column(), sd: column() };
}

/** The band of values[run](week). */
function bandOf(runs: number, weeks: number, value: (run: number, week: number) => number): Band {
  const band = emptyBand(weeks);
  const column = new Float64Array(runs);
  for (let week = 0; week < weeks; week++) {
    let n = 0;
    let sum = 0;
    let square = 0;
    for (let run = 0; run < runs; run++) {
      const v = value(run, week);
      if (Number.isNaN(v)) continue;
      column[n++] = v;
      sum += v;
      square += v * v;
    }
    const sorted = column.subarray(0, n).sort();
    band.q05[week] = quantile(sorted, 0.05);
    band.q25[week] = quantile(sorted, 0.25);
    band.q50[week] = quantile(sorted, 0.5);
    band.q75[week] = quantile(sorted, 0.75);
    band.q95[week] = quantile(sorted, 0.95);
    band.mean[week] = n > 0 ? sum / n : NaN;
    band.sd[week] = n > 1 ? Math.sqrt(Math.max(0, (square - (sum * sum) / n) / (n - 1))) : 0;
  }
  return band;
}

interface Chunk {
  runs: number;
  outcomes: Float64Array; // [arm][run][clinic + 1][outcome]
  series: Map<string, Float32Array>; // [arm][run][clinic][week]
}

/** Runs gathered chunk by chunk, kept in order of their number. */
export class Gathered implements Results {
  arms: string[] = [];
  clinics: string[] = [];
  runs = 0;
  weeks = 0;
  failed = 0;
  private chunks: { first: number; chunk: Chunk }[] = [];

  constructor(private readonly outcomeIds: string[]) {}

  add(first: number, answer: Answer): void {
    this.arms = answer.arms;
    this.clinics = answer.clinics;
    this.weeks = answer.weeks;
    this.runs += answer.runs;
    this.failed += answer.failed;
    const series = new Map<string, Float32Array>();
    for (const [id, text] of Object.entries(answer.series)) series.set(id, new Float32Array(bytesOf(text)));
    this.chunks.push({ first, chunk: { runs: answer.runs, outcomes: new Float64Array(bytesOf(answer.outcomes)), series } });
    this.chunks.sort((a, b) => a.first - b.first);
  }

  outcome(arm: number, clinic: number, id: string): Float64Array {
    const width = this.clinics.length + 1;
    const column = this.outcomeIds.indexOf(id);
    const row = clinic === ALL ? this.clinics.length : clinic;
    const out = new Float64Array(this.runs);
    let at = 0;
    for (const { chunk } of this.chunks)
      for (let run = 0; run < chunk.runs; run++)
        out[at++] = chunk.outcomes[((arm * chunk.runs + run) * width + row) * this.outcomeIds.length + column] ?? NaN;
    return out;
  }

  /** Where run r of arm a begins in a series, chunk by chunk. */
  private curves(arm: number, clinic: number, id: string): Float32Array[] {
    const out: Float32Array[] = [];
    for (const { chunk } of this.chunks) {
      const values = chunk.series.get(id);
      if (!values) return [];
      for (let run = 0; run < chunk.runs; run++) {
        const from = ((arm * chunk.runs + run) * this.clinics.length + clinic) * this.weeks;
        out.push(values.subarray(from, from + this.weeks));
      }
    }
    return out;
  }

  band(arm: number, clinic: number, id: string): Band | null {
    const curves = this.curves(arm, clinic, id);
    if (curves.length === 0) return null;
    return bandOf(curves.length, this.weeks, (run, week) => curves[run]?.[week] ?? NaN);
  }

  gap(a: number, b: number, clinic: number, id: string): Band | null {
    const left = this.curves(a, clinic, id);
    const right = this.curves(b, clinic, id);
    if (left.length === 0) return null;
    return bandOf(left.length, this.weeks, (run, week) => (right[run]?.[week] ?? NaN) - (left[run]?.[week] ?? NaN));
  }
}

export interface StoredResults {
  arms: string[];
  clinics: string[];
  runs: number;
  weeks: number;
  outcome_ids: string[];
  outcomes: string; // double [arm][run][clinic + 1][outcome]
  bands: Record<string, string>; // float [arm][clinic][week][7]
  gaps: Record<string, string>; // the same, arm minus the reference arm
  reference: number;
}

/** What `milieu report` computed and wrote into the page. */
export class Stored implements Results {
  readonly arms: string[];
  readonly clinics: string[];
  readonly runs: number;
  readonly weeks: number;
  private readonly values: Float64Array;
  private readonly cache = new Map<string, Float32Array>();

  constructor(private readonly from: StoredResults) {
    this.arms = from.arms;
    this.clinics = from.clinics;
    this.runs = from.runs;
    this.weeks = from.weeks;
    this.values = new Float64Array(bytesOf(from.outcomes));
  }

  outcome(arm: number, clinic: number, id: string): Float64Array {
    const ids = this.from.outcome_ids;
    const width = this.clinics.length + 1;
    const row = clinic === ALL ? this.clinics.length : clinic;
    const column = ids.indexOf(id);
    const out = new Float64Array(this.runs).fill(NaN);
    if (column < 0 || clinic >= this.clinics.length) return out;
    for (let run = 0; run < this.runs; run++)
      out[run] = this.values[((arm * this.runs + run) * width + row) * ids.length + column] ?? NaN;
    return out;
  }

  private numbers(kind: 'bands' | 'gaps', id: string): Float32Array | null {
    const key = kind + id;
    const text = this.from[kind][id];
    if (text === undefined) return null;
    let values = this.cache.get(key);
    if (!values) this.cache.set(key, (values = new Float32Array(bytesOf(text))));
    return values;
  }

  private unpack(kind: 'bands' | 'gaps', arm: number, clinic: number, id: string): Band | null {
    const values = this.numbers(kind, id);
    if (!values || clinic >= this.clinics.length) return null;
    const band = emptyBand(this.weeks);
    const columns = [band.q05, band.q25, band.q50, band.q75, band.q95, band.mean, band.sd];
    const from = (arm * this.clinics.length + clinic) * this.weeks * 7;
    for (let week = 0; week < this.weeks; week++)
      columns.forEach((column, i) => (column[week] = values[from + week * 7 + i] ?? NaN));
    return band;
  }

  band(arm: number, clinic: number, id: string): Band | null {
    return this.unpack('bands', arm, clinic, id);
  }

  gap(a: number, b: number, clinic: number, id: string): Band | null {
    return a === this.from.reference ? this.unpack('gaps', b, clinic, id) : null;
  }
}

export function rowOf(results: Results, arm: number, clinic: number, id: string, isShare: boolean): Row {
  return summarize(results.outcome(arm, clinic, id), isShare && (clinic !== ALL || results.clinics.length === 1));
}

/** A band of a 0/1 series says nothing: instead the share of runs, with its 50 and 90 % Wilson intervals. */
export function shareBand(band: Band, runs: number): Band {
  const out = emptyBand(band.mean.length);
  band.mean.forEach((share, week) => {
    const [q05, q95] = wilson(share * runs, runs);
    const [q25, q75] = wilson(share * runs, runs, 0.6744897501960817);
    out.q05[week] = q05;
    out.q25[week] = q25;
    out.q50[week] = share;
    out.q75[week] = q75;
    out.q95[week] = q95;
    out.mean[week] = share;
  });
  return out;
}

/** The same for the difference of two 0/1 series, run by run: its mean, with the 50 and 90 % intervals of the mean. */
export function shareGap(band: Band, runs: number): Band {
  const out = emptyBand(band.mean.length);
  band.mean.forEach((mean, week) => {
    const half = (band.sd[week] ?? NaN) / Math.sqrt(runs);
    out.q05[week] = mean - 1.6448536269514722 * half;
    out.q25[week] = mean - 0.6744897501960817 * half;
    out.q50[week] = mean;
    out.q75[week] = mean + 0.6744897501960817 * half;
    out.q95[week] = mean + 1.6448536269514722 * half;
    out.mean[week] = mean;
  });
  return out;
}
