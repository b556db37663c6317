// What stands around every page: the navigation, who is signed in, and the keys that work everywhere.

import { BookOpen, Keyboard, LogOut, Menu as MenuIcon, Moon, User } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Link, useLocation } from "wouter-preact";
import { useIncidents } from "../api/incidents.ts";
import { signOut } from "../api/session.ts";
import { session } from "../api/session-state.ts";
import { nameOfActor } from "../components/actors.ts";
import { Button } from "../components/button.tsx";
import { Confirm } from "../components/confirm.tsx";
import { useKeys } from "../components/keys.ts";
import { Menu } from "../components/menu.tsx";
import { tellError, Toasts } from "../components/toasts.tsx";
import { KeyHelp, keyHelp } from "./key-help.tsx";
import { GROUPS, PAGES, type PageEntry } from "./pages.ts";
import { nextTheme } from "./theme.ts";
import "./frame.css";

/** The frame around a page. */
export function Frame({ children }: { children: ComponentChildren }) {
  const [path, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const page = PAGES.find((one) => isAt(one, path))?.path ?? path;
  useEffect(() => {
    setOpen(false);
    // A reader of the screen hears where they are. What is opened within a page leaves the focus where it is.
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [page]);
  useKeys([
    { keys: "?", does: "List the keys", group: "everywhere", run: () => (keyHelp.value = true) },
    ...PAGES.map(({ key, title, path: to }) => ({
      keys: `g ${key}`,
      does: `Go to ${title}`,
      group: "everywhere" as const,
      run: () => navigate(to),
    })),
  ]);
  return (
    <div class="frame">
      <a class="frame-skip" href="#main">
        Skip to the page
      </a>
      <header class="frame-bar">
        <Button
          tone="quiet"
          icon={MenuIcon}
          label="Navigation"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <Brand />
      </header>
      <nav class={`frame-side ${isOpen ? "is-open" : ""}`} aria-label="Pages">
        <Brand />
        <Navigation path={path} />
        <Self />
      </nav>
      {isOpen && (
        <button type="button" class="frame-shade" aria-label="Close the navigation" onClick={() => setOpen(false)} />
      )}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <KeyHelp />
      <Confirm />
      <Toasts />
    </div>
  );
}

function Brand() {
  return (
    <Link href="/" className="frame-brand">
      <img src="/icon.svg" alt="" width="24" height="24" />
      Signalbox
    </Link>
  );
}

function Navigation({ path }: { path: string }) {
  const groups = Object.entries(GROUPS).map(([group, title]) => ({
    title,
    pages: PAGES.filter((page) => page.group === group),
  }));
  return (
    <div class="frame-pages">
      {groups.map(({ title, pages }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>
            {pages.map((page) => (
              <li key={page.path}>
                <PageLink page={page} isHere={isAt(page, path)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Whether an address is the page's, or of something that is open within it. */
function isAt(page: PageEntry, path: string): boolean {
  return page.path === path || (page.isPrefix === true && path.startsWith(`${page.path}/`));
}

function PageLink({ page, isHere }: { page: PageEntry; isHere: boolean }) {
  const { path, title, icon: Icon } = page;
  return (
    <Link href={path} aria-current={isHere ? "page" : undefined}>
      <Icon size={17} aria-hidden="true" />
      <span>{title}</span>
      {path === "/incidents" && <OpenIncidents />}
    </Link>
  );
}

/** How many incidents are open, beside the page that shows them. */
function OpenIncidents() {
  const { data } = useIncidents({ state: "open" });
  const count = data?.incidents.length ?? 0;
  return count === 0 ? null : (
    <span class="frame-count" aria-label={`${count} open`}>
      {count}
    </span>
  );
}

/** Who is signed in, and what is theirs to choose. */
function Self() {
  const { actor, role } = session.value ?? {};
  const name = actor === undefined ? "" : nameOfActor(actor);
  const leave = () => void signOut().catch((error: unknown) => tellError(error, "Signing out failed."));
  return (
    <div class="frame-self">
      <Menu
        label={role === null || role === undefined ? name : `${name} (${role})`}
        icon={User}
        tone="quiet"
        items={[
          { id: "theme", label: "Light, dark, or as the system", icon: Moon, onChoose: nextTheme },
          { id: "keys", label: "Keys", icon: Keyboard, onChoose: () => (keyHelp.value = true) },
          {
            id: "reference",
            label: "API reference",
            icon: BookOpen,
            onChoose: () => window.open("/reference", "_blank", "noopener"),
          },
          { id: "leave", label: "Sign out", icon: LogOut, onChoose: leave },
        ]}
      />
    </div>
  );
}
