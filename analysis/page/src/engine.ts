// Whoever answers the page's questions: the engine in workers, or the program on loopback (milieu serve).
import { bytesOf } from './results';
import { word } from './words';

export type Question = Record<string, unknown>;

export interface Engine {
  /** How many questions are answered at the same time. */
  width: number;
  ask<T>(question: Question): Promise<T>;
  /** Reads a results file: the data of its report, or what is wrong with it. Only the program can. */
  results?(file: Blob): Promise<unknown>;
}

class WorkerEngine {
  private waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  private next = 0;

  constructor(private readonly worker: Worker) {
    worker.onmessage = (event: MessageEvent<{ id: number; text?: string; failed?: string }>) => {
      const { id, text, failed } = event.data;
      const who = this.waiting.get(id);
      this.waiting.delete(id);
      if (text !== undefined) who?.resolve(text);
      else who?.reject(new Error(failed ?? 'engine'));
    };
    worker.onerror = (event) => {
      for (const who of this.waiting.values()) who.reject(new Error(event.message));
      this.waiting.clear();
    };
  }

  get load(): number {
    return this.waiting.size;
  }

  send(message: Record<string, unknown>, transfer: Transferable[] = []): Promise<string> {
    const id = (this.next += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...message }, transfer);
    });
  }
}

/** Workers from a blob: what a page opened from a file is allowed. */
export async function startWorkers(script: string, wasm: string, files: Record<string, string>): Promise<Engine> {
  const width = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2));
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const bytes = bytesOf(wasm);
  const workers: WorkerEngine[] = [];
  for (let i = 0; i < width; i++) workers.push(new WorkerEngine(new Worker(url)));
  const started = workers.map((worker) => worker.send({ begin: { wasm: bytes, files } }));
  await started[0];
  return {
    width,
    async ask<T>(question: Question): Promise<T> {
      const idle = workers.reduce((best, worker) => (worker.load < best.load ? worker : best));
      return JSON.parse(await idle.send({ question: JSON.stringify(question) })) as T;
    },
  };
}

async function post<T>(path: string, token: string, body: string | Blob): Promise<T> {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': typeof body === 'string' ? 'application/json' : 'application/octet-stream', 'X-Milieu-Token': token }, body })
    .catch(() => { throw new Error(word('server_gone')); });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}

export interface Served {
  key: string;
  data: unknown;
}

/** The address's token opens once; the key that it gives holds for this tab, reloads included. */
export async function beginServed(): Promise<Served> {
  const token = /[#&]token=([0-9a-f]+)/.exec(location.hash)?.[1];
  const kept = sessionStorage.getItem('milieu');
  const served = await post<Served>('/begin', token ?? kept ?? '', '');
  sessionStorage.setItem('milieu', served.key);
  return served;
}

/** The program that sent this page. It computes one question at a time, on all its threads. */
export function askServer(key: string): Engine {
  return {
    width: 1,
    ask: <T>(question: Question): Promise<T> => post<T>('/ask', key, JSON.stringify(question)),
    results: (file: Blob): Promise<unknown> => post<unknown>('/results', key, file),
  };
}
