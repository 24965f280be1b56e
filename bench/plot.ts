import type { Row } from "./report.ts";

const left = 300;
const barHeight = 16;

/** Draws how many requests each program answers, as a part of what the limit answers: a bar for each, grouped by request. */
export function plot(rows: readonly Row[], limit: string): string {
  const bars = rows.filter(({ contender }) => contender !== limit);
  const others = [...new Set(bars.map(({ contender }) => contender))];
  const scale = 400 / Math.max(1, ...bars.map(({ rateRatio }) => rateRatio));
  const parts = others.flatMap((name, index) => {
    const x = left + index * 130;
    return [
      `<rect class="program-${index}" x="${x}" y="18" width="12" height="12"/>`,
      `<text x="${x + 18}" y="29">${escape(name)}</text>`,
    ];
  });
  let top = 58;
  for (const [scenario, group] of Map.groupBy(bars, (bar) => bar.scenario)) {
    const middle = top + (group.length * (barHeight + 4)) / 2;
    parts.push(`<text x="${left - 12}" y="${middle + 3}" text-anchor="end">${scenario}</text>`);
    for (const { contender, rateRatio } of group) {
      const length = rateRatio * scale;
      const place = `x="${left}" y="${top}" width="${length.toFixed(1)}" height="${barHeight}"`;
      parts.push(
        `<rect class="program-${others.indexOf(contender)}" ${place}/>`,
        `<text x="${(left + length + 6).toFixed(1)}" y="${top + 13}">${rateRatio.toFixed(2)}</text>`,
      );
      top += barHeight + 4;
    }
    top += 14;
  }
  const line = left + scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 ${top}" role="img" aria-label="Requests per second as a part of the limit">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.program-0 { fill: #8c959f }
.program-1 { fill: #0969da }
line { stroke: #1f2328; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.program-1 { fill: #58a6ff }
line { stroke: #e6edf3 }
}
</style>
${parts.join("\n")}
<line x1="${line}" x2="${line}" y1="36" y2="${top - 8}"/>
<text x="${line - 6}" y="46" text-anchor="end">${limit}: 1.00</text>
</svg>
`;
}

/** A product may be named with an ampersand. */
const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
