// The whole: who is nobody signs in, everybody else sees the page that the address names.

import { QueryClientProvider } from "@tanstack/preact-query";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useErrorBoundary, useState } from "preact/hooks";
import { Compass } from "lucide-preact";
import { Route, Switch, useLocation } from "wouter-preact";
import { queries } from "./api/queries.ts";
import { recogniseSelf } from "./api/session.ts";
import { session } from "./api/session-state.ts";
import { ButtonLink } from "./components/button.tsx";
import { Page } from "./components/page.tsx";
import { Empty, Failure, Loading } from "./components/states.tsx";
import { Frame } from "./frame/frame.tsx";
import { PAGES } from "./frame/pages.ts";
import { SignIn } from "./pages/sign-in/sign-in.tsx";

/** Each page with the address that it is at. It is loaded when it is opened first. */
const ROUTES = PAGES.map(({ path, isPrefix = false, load }) => ({
  path: isPrefix ? `${path}/*?` : path,
  component: lazy(async () => ({ default: await load() })),
}));

/** The dashboard. */
export function App() {
  const [trouble, setTrouble] = useState<unknown>();
  useEffect(() => {
    recogniseSelf().catch(setTrouble);
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Whoever trouble={trouble} />
    </QueryClientProvider>
  );
}

/** What somebody sees, by who they are. */
function Whoever({ trouble }: { trouble: unknown }) {
  if (session.value === undefined) return <Loading label="Looking who you are" />;
  if (session.value === null) return <SignIn trouble={trouble} />;
  return (
    <Frame>
      <Guarded>
        <Suspense fallback={<Loading lines={8} />}>
          <Switch>
            {ROUTES.map(({ path, component: Shown }) => (
              <Route key={path} path={path}>
                <Shown />
              </Route>
            ))}
            <Route>
              <NoPage />
            </Route>
          </Switch>
        </Suspense>
      </Guarded>
    </Frame>
  );
}

/** A page that breaks leaves the navigation as it is. */
function Guarded({ children }: { children: preact.ComponentChildren }) {
  const [path] = useLocation();
  const [error, reset] = useErrorBoundary();
  useEffect(() => {
    if (error !== undefined) reset();
    // Another page may be fine: only going there resets it.
  }, [path]);
  if (error === undefined) return <>{children}</>;
  return (
    <Page title="This page does not work">
      <Failure error={error} onRetry={() => location.reload()} />
    </Page>
  );
}

function NoPage() {
  return (
    <Page title="No such page">
      <Empty
        icon={Compass}
        title="There is nothing at this address"
        action={<ButtonLink href="/">To the overview</ButtonLink>}
      >
        It may have been mistyped.
      </Empty>
    </Page>
  );
}
