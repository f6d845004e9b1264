// The engine in its own thread: compiled from the same C as the program. The script before this one defines createEngine.
interface EngineModule {
  FS: { mkdirTree(path: string): void; writeFile(path: string, text: string): void };
  _malloc(size: number): number;
  _free(pointer: number): void;
  _page_begin(): void;
  _page_answer(question: number): number;
  stringToUTF8(text: string, pointer: number, size: number): void;
  lengthBytesUTF8(text: string): number;
  UTF8ToString(pointer: number): string;
}
declare function createEngine(options: { wasmBinary: ArrayBuffer }): Promise<EngineModule>;

interface Begin {
  wasm: ArrayBuffer;
  files: Record<string, string>;
}

let engine: EngineModule | null = null;

async function begin(message: Begin): Promise<void> {
  engine = await createEngine({ wasmBinary: message.wasm });
  for (const [path, text] of Object.entries(message.files)) {
    const whole = `/scenarios/${path}`;
    engine.FS.mkdirTree(whole.slice(0, whole.lastIndexOf('/')));
    engine.FS.writeFile(whole, text);
  }
  engine._page_begin();
}

function answer(module: EngineModule, question: string): string {
  const size = module.lengthBytesUTF8(question) + 1;
  const pointer = module._malloc(size);
  if (pointer === 0) return '{"error":"memory"}';
  module.stringToUTF8(question, pointer, size);
  const given = module._page_answer(pointer);
  module._free(pointer);
  if (given === 0) return '{"error":"memory"}';
  const text = module.UTF8ToString(given);
  module._free(given);
  return text;
}

self.onmessage = async (event: MessageEvent<{ id: number; begin?: Begin; question?: string }>) => {
  const { id, begin: first, question } = event.data;
  try {
    if (first) await begin(first);
    if (!engine) throw new Error('no engine');
    self.postMessage({ id, text: question === undefined ? '{}' : answer(engine, question) });
  } catch (error) {
    self.postMessage({ id, failed: String(error) });
  }
};
