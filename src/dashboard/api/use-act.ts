// Something that somebody does, and how it stands. The query library takes a mutation's function over after a page is painted,
// so what is done right after a letter was typed would be done with what stood there before: here the newest one is called.

import { useMutation, type DefaultError, type UseMutationOptions } from "@tanstack/preact-query";
import { useRef } from "preact/hooks";

type Options<TData, TGiven> = UseMutationOptions<TData, DefaultError, TGiven> & {
  mutationFn: (given: TGiven) => Promise<TData>;
};

/** `useMutation`, with the function of the newest rendering. */
export function useAct<TData, TGiven = void>(options: Options<TData, TGiven>) {
  const newest = useRef(options.mutationFn);
  newest.current = options.mutationFn;
  return useMutation<TData, DefaultError, TGiven>({ ...options, mutationFn: async (given) => newest.current(given) });
}
