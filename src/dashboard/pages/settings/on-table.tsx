// What a section shows of the routing table, once that has been read.

import type { ComponentChildren } from "preact";
import { Failure } from "../../components/states.tsx";
import { useWorking, type Working } from "../table/working.ts";

/** The content; until then what stands in its place. */
export function OnTable({
  loading,
  children,
}: {
  loading: ComponentChildren;
  children: (working: Working) => ComponentChildren;
}) {
  const { working, error, onRetry } = useWorking();
  if (working !== undefined) return <>{children(working)}</>;
  return error === null ? <>{loading}</> : <Failure error={error} onRetry={onRetry} />;
}
