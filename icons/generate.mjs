// node icons/generate.mjs: draws every icon of the app from mark.svg, beside this file.
//
// Needs rsvg-convert (Debian: librsvg2-bin). What it draws is committed, so that building the app needs neither.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "dialdeck-icons-"));

const STATES = ["ready", "in-call", "attention", "offline"];
const DEEP_TEAL = "#0b5e5a";
const WHITE = "#ffffff";
/** At least 3:1 against white and against #2b2b2b: for panels whose colour nobody tells us. */
const TEAL_FOR_ANY_PANEL = "#17887f";

/** Which part stands for the dot, with the room it clears in the arcs, and in what colour. */
function style({ state, colour, plate, shrink }) {
  const hidden = STATES.filter((other) => other !== state).flatMap((other) => [`#${other}`, `#clear-${other}`]);
  const shrunk = shrink ? `transform: translate(11px, 11px) scale(${shrink}) translate(-11px, -11.6px)` : "";
  return `
    ${hidden.join(", ")} { display: none }
    #plate { ${plate ? `fill: ${plate}` : "display: none"} }
    #mark { stroke: ${colour}; ${shrunk} }
    #ready, #attention { fill: ${colour} }`;
}

function draw(size, look) {
  const sheet = join(scratch, "look.css");
  writeFileSync(sheet, style(look));
  const sizes = ["--width", String(size), "--height", String(size)];
  return execFileSync("rsvg-convert", [...sizes, "--stylesheet", sheet, join(here, "mark.svg")]);
}

/** A Windows icon: a directory of PNG images. */
function ico(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const entry = 6 + 16 * index;
    // 0 stands for 256.
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** A macOS icon: PNG images, each under the type that stands for its size. */
function icns(images) {
  const chunks = images.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, "ascii");
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 8);
  const head = Buffer.alloc(8);
  head.write("icns", "ascii");
  head.writeUInt32BE(length, 4);
  return Buffer.concat([head, ...chunks]);
}

const app = (size) => {
  // Small icons have no pixels to spare for air around the mark.
  const shrink = size <= 24 ? 0.84 : 0.7;
  return draw(size, { state: "ready", colour: WHITE, plate: DEEP_TEAL, shrink });
};

for (const size of [16, 22, 24, 32, 48, 64, 128, 256, 512]) {
  writeFileSync(join(here, `${size}x${size}.png`), app(size));
}
writeFileSync(join(here, "icon.ico"), ico([16, 24, 32, 48, 64, 256].map((size) => ({ size, png: app(size) }))));
const mac = { icp4: 16, icp5: 32, icp6: 64, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 };
writeFileSync(join(here, "icon.icns"), icns(Object.entries(mac).map(([type, size]) => ({ type, png: app(size) }))));

// Twice the usual 22 px: panels scale down well and up badly.
mkdirSync(join(here, "tray"), { recursive: true });
for (const [panel, colour] of [["dark", WHITE], ["any", TEAL_FOR_ANY_PANEL]]) {
  for (const state of STATES) {
    writeFileSync(join(here, "tray", `${state}-${panel}.png`), draw(44, { state, colour }));
  }
}
console.log(`Icons drawn from mark.svg (${readFileSync(join(here, "mark.svg")).length} bytes).`);
rmSync(scratch, { recursive: true });
