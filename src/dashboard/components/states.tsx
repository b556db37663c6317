// What stands where there is nothing to show: because it is on its way, because there is none, or because it failed.

import { RotateCw, TriangleAlert, type LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { asApiError } from "../api/problem.ts";
import { Button } from "./button.tsx";
import "./states.css";

/** Grey lines in the place of what is being read, as many as there will be about, so that nothing jumps. */
export function Loading({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} aria-hidden="true" />
      ))}
    </div>
  );
}

/** There is none: why that is, and what could be done about it. */
export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="empty">
      {Icon && <Icon size={28} aria-hidden="true" />}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** It failed: what the router says about it, and a way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => unknown }) {
  const { message, code, errors } = asApiError(error);
  return (
    <div class="failure" role="alert">
      <TriangleAlert size={18} aria-hidden="true" />
      <div>
        <p>{message}</p>
        {errors.length > 0 && (
          <ul>
            {errors.map(({ path, message: said }) => (
              <li key={`${path} ${said}`}>
                <code>{path}</code> {said}
              </li>
            ))}
          </ul>
        )}
        <p class="failure-code mono">{code}</p>
      </div>
      {onRetry !== undefined && (
        <Button icon={RotateCw} onClick={() => void onRetry()}>
          Try again
        </Button>
      )}
    </div>
  );
}
