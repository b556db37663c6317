// `npm run screenshots`: a picture of every page over a busy router, at both widths and in both colour schemes, into
// docs/images. Looked at and committed by whoever changes a page: npm run screenshots -- overview sendouts

import { mkdirSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { createContext, launch, openPage, type Width } from "../test/e2e/browser.ts";
import { startBusy } from "../test/e2e/busy/busy.ts";
import { settle, shownPages } from "../test/e2e/pages.ts";

const FOLDER = "docs/images";

/** Colours of a picture: pages have few, and a picture is a third as large this way. */
const COLOURS = 128;

const asked = process.argv.slice(2);
const busy = await startBusy();
const browser = await launch();
mkdirSync(FOLDER, { recursive: true });
try {
  const origin = busy.signalbox.url;
  const pages = (await shownPages(busy)).filter(({ name }) => asked.length === 0 || asked.includes(name));
  for (const width of [1440, 390] as const satisfies Width[]) {
    for (const scheme of ["light", "dark"] as const) {
      const context = await createContext(browser, { origin, token: busy.tokens.mira, width, scheme });
      for (const shown of pages) {
        const { page, complaints } = await openPage(context, { origin, path: shown.path });
        await settle(page, shown);
        const picture = await sharp(await page.screenshot())
          .png({ palette: true, colours: COLOURS })
          .toBuffer();
        const file = `${FOLDER}/${shown.name}-${width}-${scheme}.png`;
        writeFileSync(file, picture);
        console.log(
          `${file}, ${Math.ceil(picture.length / 1_000)} kB${complaints.map((one) => `\n  ${one}`).join("")}`,
        );
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await busy.stop();
}
