// `signalbox verify`: whether a signature belongs to a body, and what proves it.

import type { Command } from "commander";
import { SIGNATURE_HEADER, verifySignature } from "../../src/voucherify/signature.ts";
import { answer, complain, show, toJson, type Outcome } from "../outcome.ts";
import { FILE_MEANING, readInput } from "../read-input.ts";
import { secretOption, secretsFrom } from "../secrets.ts";

interface Options {
  secret?: string[];
  signature: string;
  json?: boolean;
}

/** Adds the command to the program. */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .summary("say whether a signature belongs to a body")
    .description(
      "Says whether a signature belongs to a body, and if so by which secret and over which form: raw, the bytes as " +
        "they are, or compact, without the whitespace outside strings.",
    )
    .argument("<file>", FILE_MEANING)
    .addOption(secretOption("signing secret; repeat it for several, tried in order"))
    .requiredOption("--signature <hex>", `what the header ${SIGNATURE_HEADER} said`)
    .option("--json", "print {valid, secret, form} or {valid, reason} as JSON")
    .addHelpText(
      "after",
      `
Examples:
  signalbox verify sendout.json --secret "$NEW" --secret "$OLD" --signature 5f0c…
  VOUCHERIFY_SECRET=… signalbox verify - --signature 5f0c… < sendout.json && echo authentic`,
    )
    .action(async (file: string, options: Options) => show(await verifyFile(file, options)));
}

async function verifyFile(file: string, { secret, signature, json }: Options): Promise<Outcome> {
  const secrets = secretsFrom(secret, process.env);
  if (!secrets.ok) return complain(secrets, 2, json);
  const body = await readInput(file);
  if (!body.ok) return complain(body, 2, json);
  const check = await verifySignature(body.value, signature, secrets.value);
  const count = secrets.value.length;
  if (check.valid) {
    const position = check.secretIndex + 1;
    if (json) return answer(toJson({ valid: true, secret: position, form: check.form }));
    return answer(`Yes: signed with secret ${position} of ${count}, over the ${check.form} body.`);
  }
  const malformed = !/^[0-9a-f]{64}$/.test(signature);
  if (json)
    return answer(toJson({ valid: false, reason: malformed ? "signature_malformed" : "signature_mismatch" }), 1);
  return answer(
    malformed
      ? "No: a signature has 64 hexadecimal digits, 0 to 9 and a to f, and this one does not."
      : `No: not signed with ${count === 1 ? "this secret" : `any of these ${count} secrets`}, over neither the raw nor the compact body.`,
    1,
  );
}
