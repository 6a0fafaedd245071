// A QR code as an SVG of one path. It repeats what stands beside it in letters, for whoever copies by camera.

import encodeQR from "qr";

import { svg } from "./dom.js";

const QUIET = 4;

export function qrCode(text: string, label: string): SVGElement {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  let path = "";
  rows.forEach((row, y) => row.forEach((dark, x) => (path += dark ? `M${x} ${y}h1v1h-1z` : "")));
  const size = rows.length;
  return svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" },
    svg("rect", { width: size, height: size, class: "light" }),
    svg("path", { d: path, class: "dark" }),
  );
}
