// Who comes without a session shows a token here. Whom Cloudflare Access vouches for never sees it.

import { useState } from "preact/hooks";
import { signIn } from "../../api/session.ts";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { Failure } from "../../components/states.tsx";
import { useAct } from "../../api/use-act.ts";
import "./sign-in.css";

/** The sign-in page. `trouble` is what went wrong before it could be shown who this is. */
export function SignIn({ trouble }: { trouble?: unknown }) {
  const [token, setToken] = useState("");
  const signingIn = useAct({ mutationFn: signIn });
  const error = signingIn.isIdle ? trouble : signingIn.error;
  const submit = (event: Event) => {
    event.preventDefault();
    if (!signingIn.isPending) signingIn.mutate(token.trim());
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>Sign in to Signalbox</h1>
        <TextField
          label="Token"
          type="password"
          name="token"
          autoComplete="current-password"
          required
          autoFocus
          value={token}
          onText={setToken}
          hint="A token (sbx_…) that somebody made for you, or the Worker secret SIGNALBOX_ADMIN_TOKEN."
        />
        {error != null && <Failure error={error} />}
        <Button tone="primary" type="submit" isBusy={signingIn.isPending} onClick={submit}>
          Sign in
        </Button>
        <p class="field-hint">
          It is sent once, over this connection, for a session of twelve hours; this browser keeps a cookie that no
          script can read. On your own machine the secret stands in <code>.dev.vars</code>.
        </p>
      </form>
    </main>
  );
}
