import { theme } from "./theme.ts";

/** The style sheet of the stand-ins, with the product's colours and typefaces: a person who signs in does not leave the product. */
export const stylesheet = `${theme}
:root {
  --ground: var(--color-base-200); --card: var(--color-base-100); --line: var(--color-base-300);
  --ink: var(--color-base-content); --quiet: color-mix(in oklab, var(--ink) 75%, transparent);
  --edge: color-mix(in oklab, var(--ink) 55%, var(--card)); --accent: var(--color-primary);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 var(--font-sans); -webkit-font-smoothing: antialiased; }
.ribbon {
  padding: .45rem 1rem; text-align: center; font-size: .875rem; background: var(--color-neutral); color: var(--color-neutral-content);
}
.ribbon p { margin: 0; }
main { max-width: 29rem; margin: 0 auto; padding: 2.5rem 1rem 4rem; }
main:has(.wide) { max-width: 72rem; }
.brand { display: flex; align-items: center; justify-content: center; gap: .625rem; margin: 0 0 1.5rem; font-size: 1.125rem; font-weight: 700; letter-spacing: -.025em; }
.brand svg { width: 2rem; height: 2rem; flex: none; }
.fill-primary { fill: var(--color-primary); }
.fill-primary-content { fill: var(--color-primary-content); }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.025em; margin: 0 0 .75rem; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; line-height: 1.4; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; text-wrap: pretty; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: var(--radius-selector); }
.quiet { color: var(--quiet); font-size: .9375rem; }
.good { color: var(--color-success); }
.wary { color: var(--color-warning); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius-box); padding: 1.5rem; }
.card > :last-child, .card > :last-child > :last-child { margin-bottom: 0; }
.card + .card { margin-top: 1rem; }
.card h2 { margin-top: 0; }
ul.choices { list-style: none; margin: 1.25rem 0; padding: 0; display: grid; gap: .5rem; }
.choice {
  display: flex; gap: .875rem; align-items: center; width: 100%; min-height: 2.75rem; padding: .75rem 1rem; text-align: start;
  text-decoration: none; font-weight: 400; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: var(--radius-field);
}
.choice:hover { border-color: var(--accent); background: color-mix(in oklab, var(--ink) 5%, var(--card)); }
.choice > span { min-width: 0; overflow-wrap: anywhere; }
.choice small, .person small { display: block; font-size: .875rem; color: var(--quiet); }
.choice time { margin-inline-start: auto; flex: none; font-size: .875rem; color: var(--quiet); }
@media (max-width: 40rem) { .choice:has(time) { flex-direction: column; align-items: start; gap: .25rem; } .choice time { margin: 0; } }
.person { display: flex; gap: .875rem; align-items: center; margin-bottom: 1rem; }
img.avatar { width: 2.75rem; height: 2.75rem; border-radius: 50%; flex: none; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button {
  font: inherit; font-weight: 600; min-height: 2.75rem; padding: .375rem 1rem; border-radius: var(--radius-field); cursor: pointer;
  border: 1px solid var(--line); background: var(--card); color: inherit;
}
button:hover { background: color-mix(in oklab, var(--ink) 8%, var(--card)); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--color-primary-content); }
button.primary:hover { background: color-mix(in oklab, var(--accent) 90%, black); }
form > button { width: 100%; }
.fault {
  margin-bottom: 1rem; padding: .75rem 1rem; border-radius: var(--radius-field); color: var(--color-error);
  background: color-mix(in oklab, var(--color-error) 13%, var(--card));
  border: 1px solid color-mix(in oklab, var(--color-error) 32%, var(--card));
}
.or { display: flex; align-items: center; gap: .75rem; margin: 1rem 0; color: var(--quiet); font-size: .875rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.below { margin: 1.25rem 0 1rem; text-align: center; }
label { font-weight: 600; }
label:has([type="checkbox"]) { font-weight: 400; }
input:not([type="hidden"], [type="checkbox"]), select {
  display: block; width: 100%; min-height: 2.75rem; margin: .375rem 0 1rem; font: inherit; padding: .375rem .75rem;
  border-radius: var(--radius-field); border: 1px solid var(--edge); background: var(--card); color: inherit;
}
input:focus, select:focus { border-color: var(--accent); }
code, pre { font: .875rem/1.5 var(--font-mono); overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0 0 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: var(--radius-box); background: #fff; }
.sides { display: grid; gap: 1rem; align-items: start; }
.sides > * { min-width: 0; }
@media (min-width: 56rem) { .sides { grid-template-columns: 1fr 1fr; } }
`;
