// What a terminal shows, as HTML: lines of text, and between the characters orders to change colour and weight.

const palette = (number) => {
  const basic = ["000", "c00", "0a0", "c50", "36c", "a0a", "0aa", "ccc", "777", "f55", "5f5", "ff5", "79f", "f5f", "5ff", "fff"];
  if (number < 16) return `#${basic[number]}`;
  if (number >= 232) return `rgb(${Array(3).fill(8 + (number - 232) * 10)})`;
  const level = (part) => (part === 0 ? 0 : 55 + part * 40);
  const cube = number - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
};
const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Each line as a `div`; colours go on from one to the next, as on a terminal. */
export function colored(lines) {
  let style = {};
  return lines.map((line) => {
    let html = "";
    for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
      const order = /^\x1b\[([\d;]*)m$/.exec(part);
      if (!order) {
        const { bold, under, swapped } = style;
        const [color, background] = swapped ? [style.background ?? "#262626", style.color ?? "#dadada"] : [style.color, style.background];
        html += `<span style="color:${color ?? "inherit"};background:${background ?? "inherit"};font-weight:${bold ? 700 : 400};padding:2px 0;text-decoration:${under ? "underline" : "none"}">${escape(part)}</span>`;
        continue;
      }
      const codes = order[1].split(";").map(Number);
      for (let at = 0; at < codes.length; at += 1) {
        const code = codes[at];
        if (code === 0) style = {};
        else if (code === 1) style = { ...style, bold: true };
        else if (code === 4) style = { ...style, under: true };
        else if (code === 7) style = { ...style, swapped: true };
        else if (code === 38 || code === 48) {
          style = { ...style, [code === 38 ? "color" : "background"]: palette(codes[at + 2]) };
          at += 2;
        } else if (code >= 90 && code <= 97) style = { ...style, color: palette(code - 82) };
        else if (code >= 30 && code <= 37) style = { ...style, color: palette(code - 30) };
        else if (code >= 40 && code <= 47) style = { ...style, background: palette(code - 40) };
      }
    }
    return `<div>${html || " "}</div>`;
  });
}
