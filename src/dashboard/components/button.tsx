// What is pressed: a button, and a link that looks like one. Somebody who may not press it is told why instead.

import type { ComponentChildren, JSX } from "preact";
import type { LucideIcon } from "lucide-preact";
import { Link } from "wouter-preact";
import { Tooltip } from "./tooltip.tsx";
import "./button.css";

/** How much a button asks to be pressed; `danger` for what cannot be taken back. */
export type Tone = "primary" | "plain" | "quiet" | "danger";

export interface ButtonProps extends Omit<JSX.ButtonHTMLAttributes, "class" | "icon" | "label"> {
  tone?: Tone;
  icon?: LucideIcon | undefined;
  /** What the button does, where it shows its icon alone. */
  label?: string;
  isBusy?: boolean;
  /** Why it cannot be pressed now: it stays reachable by keyboard, and says so. */
  why?: string | undefined;
  children?: ComponentChildren;
}

/** A button. While it is busy it keeps its place and width and cannot be pressed again. */
export function Button({ tone = "plain", icon: Icon, label, isBusy = false, why, children, ...rest }: ButtonProps) {
  const button = (
    <button
      type="button"
      {...rest}
      class={`button button-${tone} ${children === undefined ? "button-icon" : ""}`}
      aria-label={label}
      aria-busy={isBusy || undefined}
      aria-disabled={why !== undefined || isBusy || undefined}
      onClick={why !== undefined || isBusy ? prevent : rest.onClick}
    >
      {Icon && <Icon size={16} aria-hidden="true" />}
      {children}
    </button>
  );
  const told = why ?? (children === undefined ? label : undefined);
  return told === undefined ? button : <Tooltip text={told}>{button}</Tooltip>;
}

function prevent(event: Event): void {
  event.preventDefault();
}

/** A link to another page of the dashboard that looks like a button. */
export function ButtonLink({
  href,
  tone = "plain",
  icon: Icon,
  children,
}: {
  href: string;
  tone?: Tone;
  icon?: LucideIcon;
  children: ComponentChildren;
}) {
  return (
    <Link href={href} className={`button button-${tone}`}>
      {Icon && <Icon size={16} aria-hidden="true" />}
      {children}
    </Link>
  );
}
