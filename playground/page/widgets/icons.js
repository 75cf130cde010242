/** The page's icons: paths drawn on a 24 by 24 grid, in the colour of the text around them. */
import { svg } from "./dom.js";

const PATHS = {
  hash: "M10 3 8 21M16 3l-2 18M4 8.5h17M3 15.5h17",
  thread: "M5 4h14v9H9l-4 4ZM12 17h5l3 3v-7",
  forum: "M4 4h13v9H8l-4 4ZM20 8v13l-4-4h-6",
  plus: "M12 4v16M4 12h16",
  close: "M5 5l14 14M19 5 5 19",
  menu: "M4 6h16M4 12h16M4 18h16",
  members:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 20c0-4 3-6 7-6s7 2 7 6M16 3.5a4 4 0 0 1 0 7M18.5 14.5c2.5.8 3.5 2.700 3.500 5.500",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 14c1 2 2.500 3 4 3s3-1 4-3M9 9.500v.2M15 9.500v.2",
  reply: "M10 5 4 11l6 6M4.500 11H13c4 0 7 2.500 7 8",
  edit: "M4 20l1-5L16 4l4 4L9 19ZM14 6l4 4",
  trash: "M4 6h16M9 6V3h6v3M6 6l1 15h10l1-15M10 10v7M14 10v7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M4 12 20 4l-5 16-3.500-6.500ZM11.500 13.500 20 4",
  file: "M6 2h8l5 5v15H6ZM14 2v6h5",
  download: "M12 3v12M7 10l5 5 5-5M4 20h16",
  down: "M5 9l7 7 7-7",
  right: "M9 5l7 7-7 7",
  left: "M15 5l-7 7 7 7",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  copy: "M9 9h11v12H9ZM15 9V3H4v12h5",
  id: "M3 5h18v14H3ZM8 12.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM5.500 16c.5-1.500 1.300-2 2.500-2s2 .5 2.500 2M14 10h4M14 14h4",
  eye: "M2 12c3-5 6.500-7 10-7s7 2 10 7c-3 5-6.500 7-10 7s-7-2-10-7ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM16 8v5.500c0 2 1 2.500 2 2.500 2 0 3-2 3-4a9 9 0 1 0-4 7.500",
  external: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  apps: "M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h6v6h-6Z",
  check: "M4 12.500 9.500 18 20 6",
  alert: "M12 3 22 20H2ZM12 10v4.500M12 17.200v.1",
  image: "M3 4h18v16H3ZM3 17l5-6 4 4 3-3 6 6M15.500 9.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3Z",
  pin: "M9 3h6l-1 6 4 4H6l4-4ZM12 13v8",
  poll: "M4 20V10M10 20V4M16 20v-7M21 20v-3",
  arrow: "M4 12h15M13 6l6 6-6 6",
  home: "M4 5h16v11H9l-5 4Z",
};

/** An inline drawing; decoration only, so hidden from screen readers. */
export function icon(name, size = 20) {
  const path = svg("path", {
    d: PATHS[name],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": name === "more" ? 3.2 : 2,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  return svg("svg", { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" }, path);
}
