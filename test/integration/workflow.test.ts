// The GitHub workflow that users copy: what it may do, and what its scripts do with a real router and a stand-in for gh.
// GitHub itself was not there to run it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as v from "valibot";
import { parse } from "yaml";
import { runInProcess } from "./shell.ts";
import { startSignalbox, type Signalbox } from "./signalbox.ts";

const StepSchema = v.object({
  name: v.optional(v.string()),
  uses: v.optional(v.string()),
  with: v.optional(v.record(v.string(), v.unknown())),
  run: v.optional(v.string()),
  if: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.string())),
});
const WorkflowSchema = v.object({
  on: v.object({ pull_request: v.null(), push: v.object({ branches: v.array(v.string()) }) }),
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(
    v.string(),
    v.object({
      if: v.optional(v.string()),
      environment: v.optional(v.string()),
      permissions: v.record(v.string(), v.string()),
      steps: v.array(StepSchema),
    }),
  ),
});

const source = readFileSync("examples/github/signalbox.yml", "utf8");
const workflow = v.parse(WorkflowSchema, parse(source));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

describe("the workflow of a table in git", () => {
  it("may do no more than each job needs", () => {
    expect(workflow.permissions).toEqual({});
    const permissions = Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions]);
    expect(Object.fromEntries(permissions)).toEqual({
      check: { contents: "read" },
      plan: { contents: "read", "pull-requests": "write" },
      apply: { contents: "read" },
    });
  });

  it("gives secrets to no pull request of a fork, and the one that publishes to no pull request at all", () => {
    expect(JSON.stringify(workflow.jobs["check"])).not.toContain("secrets.");
    expect(workflow.jobs["plan"]?.if).toBe(
      "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(workflow.jobs["apply"]).toMatchObject({ if: "github.event_name == 'push'", environment: "signalbox" });
    expect(source.match(/secrets\.\w+/g)).toEqual(["secrets.SIGNALBOX_PLAN_TOKEN", "secrets.SIGNALBOX_APPLY_TOKEN"]);
    expect(source).not.toContain("pull_request_target");
  });

  it("pins every action to a commit, and keeps no credentials in the checkout", () => {
    const used = steps.filter(({ uses }) => uses !== undefined);
    expect(used).toHaveLength(3);
    for (const { uses, with: options } of used) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(options).toEqual({ "persist-credentials": false });
    }
  });

  it("puts nothing into a script that somebody else has written", () => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });
});

describe("its scripts", () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-workflow-"));
  const comments = join(folder, "comments.json");
  const output = join(folder, "output");
  let signalbox: Signalbox;
  let token = "";

  beforeAll(async () => {
    signalbox = await startSignalbox();
    const made = await signalbox.admin("POST", "/tokens", { name: "ci", scopes: ["read", "config"] });
    ({ token } = (await made.json()) as { token: string }); // the API's own answer
    copyFileSync("test/integration/gh.mjs", join(folder, "gh"));
    chmodSync(join(folder, "gh"), 0o755);
  });

  beforeEach(async () => {
    for (const file of [output, join(folder, "summary")]) writeFileSync(file, "");
    const human = { id: 1, user: { type: "User" }, body: "<!-- signalbox plan --> is what I am waiting for" };
    writeFileSync(comments, JSON.stringify([human]));
    await runInProcess(["init", "--force", "--url", "https://crm.example.com/events"], { folder });
  });

  afterAll(async () => {
    await signalbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the script of a step as a runner does: bash, ending at the first command that fails. */
  async function run(job: string, name: RegExp, url = signalbox.url.origin): Promise<{ code: unknown; out: string }> {
    const step = workflow.jobs[job]?.steps.find((one) => name.test(one.name ?? ""));
    if (step?.run === undefined) throw new Error(`${job} has no such step`);
    const env = {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      SIGNALBOX: `${process.execPath} ${resolve("cli/signalbox.ts")}`,
      SIGNALBOX_URL: url,
      SIGNALBOX_ADMIN_TOKEN: token,
      GH_TOKEN: "token-of-the-run",
      GH_COMMENTS: comments,
      GITHUB_REPOSITORY: "acme/table",
      GITHUB_SHA: "5f0c1a2b",
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      PULL_REQUEST: "7",
      RUNNER_TEMP: folder,
    };
    const child = spawn("bash", ["-e", "-c", step.run], { cwd: folder, env });
    child.stdin.end();
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code: code as unknown, out: out + err };
  }

  function commentsNow(): { id: number; body: string }[] {
    return JSON.parse(readFileSync(comments, "utf8")) as { id: number; body: string }[]; // as gh.mjs writes them
  }

  function edit(before: string, after: string): void {
    const file = join(folder, "signalbox.jsonc");
    writeFileSync(file, readFileSync(file, "utf8").replace(before, after));
  }

  it("check a table, plan it in one comment that is kept up to date, and publish it once", async () => {
    expect(await run("check", /Validate/)).toMatchObject({ code: 0 });
    expect(await run("check", /tests/)).toMatchObject({ code: 0 });
    expect(await run("plan", /^Plan$/)).toMatchObject({ code: 0 });
    expect(readFileSync(output, "utf8")).toBe("status=0\n");
    expect(await run("plan", /^Comment/)).toMatchObject({ code: 0 });
    const [, plan] = commentsNow();
    expect(plan?.body).toContain("+ targets.first: ");
    expect(readFileSync(join(folder, "summary"), "utf8")).toBe(plan?.body);

    edit("/events", "/v2/events");
    expect(await run("plan", /^Plan$/)).toMatchObject({ code: 0 });
    expect(await run("plan", /^Comment/)).toMatchObject({ code: 0 });
    const [human, updated, ...others] = commentsNow();
    expect(others).toEqual([]);
    expect(human?.body).toBe("<!-- signalbox plan --> is what I am waiting for");
    expect(updated).toMatchObject({ id: plan?.id, body: expect.stringContaining("/v2/events") });

    expect(await run("apply", /Publish/)).toMatchObject({ code: 0, out: expect.stringContaining("Version 1 is") });
    expect(await run("apply", /Publish/)).toMatchObject({
      code: 0,
      out: expect.stringContaining("Nothing to publish"),
    });
    const versions = await (await signalbox.admin("GET", "/table/versions")).json();
    expect(versions).toMatchObject({ versions: [{ version: 1, note: "acme/table@5f0c1a2b" }] });
  });

  it("say in the comment why a table cannot be published, and fail after that", async () => {
    await signalbox.publish({ inlets: { other: { auth: "none" } }, targets: {}, routes: [] });
    edit('"to": ["first"]', '"to": ["nobody"]');
    expect(await run("check", /Validate/)).toMatchObject({ code: 1 });
    expect(await run("plan", /^Plan$/)).toMatchObject({ code: 0 });
    expect(readFileSync(output, "utf8")).toBe("status=1\n");
    expect(workflow.jobs["plan"]?.steps.at(-1)).toMatchObject({
      if: "steps.plan.outputs.status != '0'",
      run: "exit 1",
    });
    await run("plan", /^Comment/);
    expect(commentsNow()[1]?.body).toContain("**It cannot be published.**");
    expect(await run("apply", /Publish/)).toMatchObject({ code: 1 });
  });

  it("end before the comment when the router does not answer", async () => {
    const { code, out } = await run("plan", /^Plan$/, "http://127.0.0.1:9");
    expect(code).toBe(1);
    expect(out).toContain("No router can be reached");
  });
});
