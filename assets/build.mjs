// Bundles our scripts and styles with the libraries they use into assets/bundle, which the binary embeds.
// Every file name carries a hash of its content, so pages may ask browsers to keep it for ever;
// manifest.json maps the plain names ("app.js") to those file names.
import { build } from "esbuild";
import { rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = dirname(fileURLToPath(import.meta.url));
const bundle = join(assets, "bundle");

await rm(bundle, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: assets,
  entryPoints: {
    app: "scripts/app.js",
    theme: "scripts/theme.js",
    style: "style/main.css",
    // Served at an address without a hash, above the pages that it keeps.
    "service-worker": "scripts/service-worker.js",
    // A file of its own, so that the content security policy needs no blob.
    "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    maplibre: "style/maplibre.css",
  },
  outdir: "bundle",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  legalComments: "eof",
  target: ["chrome109", "firefox115", "safari16.4"],
  loader: { ".svg": "file", ".png": "file", ".woff2": "file" },
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
  // Pieces that only other files import have no plain name.
  if (entryPoint) manifest[basename(path).replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1")] = basename(path);
}
const sorted = Object.fromEntries(Object.entries(manifest).sort());
await writeFile(join(bundle, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
