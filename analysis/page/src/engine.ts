// Whoever answers the page's questions: the engine in workers, or the program on loopback (milieu serve).
import { bytesOf } from './results';

export type Question = Record<string, unknown>;

export interface Engine {
  /** How many questions are answered at the same time. */
  width: number;
  ask<T>(question: Question): Promise<T>;
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

/** The program that sent this page; the token is the one it was opened with. */
export function askServer(token: string): Engine {
  return {
    width: 2,
    async ask<T>(question: Question): Promise<T> {
      const response = await fetch('/ask', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Milieu-Token': token },
        body: JSON.stringify(question),
      });
      if (!response.ok) throw new Error(`${response.status}`);
      return (await response.json()) as T;
    },
  };
}
