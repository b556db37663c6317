// `signalbox sign`: the signature that Voucherify would send with a body.

import type { Command } from "commander";
import { signBody, stripWhitespace } from "../../src/voucherify/signature.ts";
import { answer, complain, show, toJson, type Outcome } from "../outcome.ts";
import { FILE_MEANING, readInput } from "../read-input.ts";
import { secretOption, secretsFrom } from "../secrets.ts";

interface Options {
  secret?: string[];
  compact?: boolean;
  json?: boolean;
}

/** Adds the command to the program. */
export function addSign(program: Command): void {
  program
    .command("sign")
    .summary("print the signature of a body")
    .description("Prints the signature of a body, over its bytes as they are.")
    .argument("<file>", FILE_MEANING)
    .addOption(secretOption("signing secret"))
    .option("--compact", "sign the body without the whitespace outside strings, as Voucherify does")
    .option("--json", "print {signature, form} as JSON")
    .addHelpText(
      "after",
      `
Examples:
  signalbox sign sendout.json --secret "$VOUCHERIFY_SECRET" --compact
  curl -X POST http://127.0.0.1:8787/in/voucherify --data-binary @sendout.json \\
    -H "x-voucherify-signature: $(signalbox sign sendout.json)"`,
    )
    .action(async (file: string, options: Options) => show(await signFile(file, options)));
}

async function signFile(file: string, { secret, compact, json }: Options): Promise<Outcome> {
  const secrets = secretsFrom(secret, process.env);
  if (!secrets.ok) return complain(secrets, 2, json);
  const [only = "", ...others] = secrets.value;
  if (others.length > 0) {
    return complain({ reason: "secret_repeated", detail: "A signature is made with one secret; give one." }, 2, json);
  }
  const body = await readInput(file);
  if (!body.ok) return complain(body, 2, json);
  const signature = await signBody(compact ? stripWhitespace(body.value) : body.value, only);
  return answer(json ? toJson({ signature, form: compact ? "compact" : "raw" }) : signature);
}
