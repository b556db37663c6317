// What tests of the fault rig use of the runner that the Worker's own types do not know.

declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, work: () => R): R;
    getStore(): T | undefined;
  }
}

interface ImportMeta {
  /** Variables that begin with VITE_. */
  readonly env: Readonly<Record<string, string | undefined>>;
}
