#!/usr/bin/env node
// Stands in for GitHub's `gh api`, as far as examples/github/signalbox.yml calls it: comments of one pull request, kept in
// the file that GH_COMMENTS names. What `--jq` picks is picked by jq, or where that is not installed by the same in
// JavaScript.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const file = process.env.GH_COMMENTS;
const comments = JSON.parse(readFileSync(file, "utf8"));
const [api, ...args] = process.argv.slice(2);
const valueOf = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
const method = valueOf("--method") ?? "GET";
const path = args.find((arg) => arg.startsWith("repos/"));
if (api !== "api" || process.env.GH_TOKEN !== "token-of-the-run") fail("not logged in");

if (method === "GET" && path === "repos/acme/table/issues/7/comments") {
  const filter = valueOf("--jq");
  const picked = spawnSync("jq", ["-r", filter], { input: JSON.stringify(comments), encoding: "utf8" });
  process.stdout.write(picked.error === undefined ? picked.stdout : pickedByUs());
} else if (method === "POST" && path === "repos/acme/table/issues/7/comments") {
  comments.push({ id: 100 + comments.length, user: { type: "Bot" }, body: field() });
} else if (method === "PATCH" && path.startsWith("repos/acme/table/issues/comments/")) {
  const comment = comments.find(({ id }) => path.endsWith(`/${id}`));
  if (comment === undefined) fail("Not Found (HTTP 404)");
  comment.body = field();
} else fail(`no such call: ${method} ${path}`);
writeFileSync(file, JSON.stringify(comments));

/** `--field body=@<file>`. */
function field() {
  return readFileSync(valueOf("--field").replace("body=@", ""), "utf8");
}

function pickedByUs() {
  const ours = comments.filter(({ user, body }) => user.type === "Bot" && body.startsWith("<!-- signalbox plan -->"));
  return ours.map(({ id }) => `${id}\n`).join("");
}

function fail(message) {
  process.stderr.write(`gh: ${message}\n`);
  process.exit(1);
}
