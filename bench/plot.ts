import type { Row } from "./report.ts";

const width = 720;
const left = 300;
const full = 340;
const barHeight = 16;

/** Draws how many requests each program answers, as a part of what the limit answers: a bar for each, grouped by request. */
export function plot(rows: readonly Row[], limit: string): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const others = [...new Set(rows.map(({ contender }) => contender))].filter(
    (name) => name !== limit,
  );
  const widest = Math.max(1, ...rows.map(({ rateRatio }) => rateRatio).filter(Number.isFinite));
  const scale = full / widest;
  const parts: string[] = [];
  let top = 56;
  for (const scenario of scenarios) {
    const bars = rows.filter((row) => row.scenario === scenario && row.contender !== limit);
    const middle = top + (bars.length * (barHeight + 4)) / 2;
    parts.push(`<text x="${left - 12}" y="${middle + 3}" text-anchor="end">${scenario}</text>`);
    for (const { contender, rateRatio } of bars) {
      const length = Number.isFinite(rateRatio) ? rateRatio * scale : 0;
      const place = `x="${left}" y="${top}" width="${length.toFixed(1)}" height="${barHeight}"`;
      parts.push(`<rect class="program-${others.indexOf(contender)}" ${place}/>`);
      const end = (left + length + 6).toFixed(1);
      parts.push(`<text x="${end}" y="${top + 13}">${rateRatio.toFixed(2)}</text>`);
      top += barHeight + 4;
    }
    top += 14;
  }
  const legend = others.map(
    (name, index) =>
      `<rect class="program-${index}" x="${left + index * 130}" y="18" width="12" height="12"/>` +
      `<text x="${left + index * 130 + 18}" y="29">${name}</text>`,
  );
  const line = left + scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" role="img" aria-label="Requests per second as a part of the limit">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.program-0 { fill: #8c959f }
.program-1 { fill: #0969da }
.program-2 { fill: #bf3989 }
line { stroke: #1f2328; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.program-1 { fill: #58a6ff }
line { stroke: #e6edf3 }
}
</style>
${[...legend, ...parts].join("\n")}
<line x1="${line}" x2="${line}" y1="44" y2="${top - 8}"/>
<text x="${line + 6}" y="50">${limit}: 1.00</text>
</svg>
`;
}
