// What `signalbox deploy` answers: the steps as they are taken, what the doctor found, and what is left to do.

import { RouterError } from "../client/router-error.ts";
import { doctorPage } from "../operate/doctor.ts";
import { toJson, type Outcome } from "../outcome.ts";
import { deploy, type Deployed, type DeployOptions } from "./deploy.ts";
import { DeployError } from "./deploy-error.ts";
import { createSteps } from "./steps.ts";

/** Deploys, telling each step on stdout, or all of them in the end as JSON. */
export async function answerDeploy(options: DeployOptions & { json?: boolean }): Promise<Outcome> {
  const { json = false } = options;
  const steps = createSteps(json);
  try {
    const deployed = await deploy(options, steps, process.env);
    const { exitCode, router, findings } = deployed;
    if (json) return { exitCode, answer: toJson({ router, steps: steps.taken, findings }) };
    return { exitCode, answer: endOf(deployed) };
  } catch (error) {
    if (!(error instanceof DeployError || error instanceof RouterError)) throw error;
    const { exitCode, complaint } = error;
    if (json)
      return {
        exitCode,
        answer: toJson({ router: null, steps: steps.taken, findings: [] }),
        complaint: toJson(complaint),
      };
    return { exitCode };
  }
}

function endOf({ router, isFirst, findings, files }: Deployed): string {
  if (router === null) return "\nNothing was changed.";
  const page = findings.length === 0 ? [] : ["", doctorPage(findings)];
  return [...page, ...(isFirst ? nextSteps(router, files) : [])].join("\n");
}

function nextSteps(router: string, { table, profile }: Deployed["files"]): string[] {
  const inlets = table === undefined ? ["voucherify"] : [...table.compiled.inlets.keys()];
  return [
    "",
    "In Voucherify, Project settings → Webhooks, enter the URL:",
    ...inlets.map((inlet) => `  ${router}/in/${inlet}`),
    `Then: signalbox tail --profile ${profile.name}`,
  ];
}
