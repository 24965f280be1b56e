/** The style sheet of the stand-ins. They do not look like the application on purpose. */
export const stylesheet = `
:root {
  --ground: #f6f5f1; --card: #fff; --ink: #1f1d1a; --quiet: #625e56; --line: #dedad1; --accent: #8a4b00; --on-accent: #fff;
  --good: #1d6b3a; --wary: #8a4b00; --bad: #b3261e; --on-bad: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614; --card: #211f1c; --ink: #efece6; --quiet: #aaa498; --line: #38352f; --accent: #f0b565; --on-accent: #1f1708;
    --good: #7fd1a0; --wary: #f0b565; --bad: #ffb4ab; --on-bad: #3d1a18;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
.ribbon {
  margin: 0; padding: .45rem 1rem; text-align: center; font-size: .82rem; letter-spacing: .02em; color: var(--quiet);
  border-bottom: 1px solid var(--line);
  background: repeating-linear-gradient(-45deg, transparent 0 10px, color-mix(in srgb, var(--accent) 9%, transparent) 10px 20px);
}
main { max-width: 30rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
main:has(.wide) { max-width: 62rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.quiet { color: var(--quiet); font-size: .9rem; }
.good { color: var(--good); }
.wary { color: var(--wary); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.25rem; }
ul.choices { list-style: none; margin: 1.5rem 0 0; padding: 0; display: grid; gap: .6rem; }
ul.choices a {
  display: flex; gap: .9rem; align-items: center; padding: .8rem 1rem; text-decoration: none; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: 14px;
}
ul.choices a:hover { border-color: var(--accent); }
ul.choices small, .person small { display: block; color: var(--quiet); }
.person { display: flex; gap: .9rem; align-items: center; margin-bottom: 1rem; }
img.avatar { width: 2.75rem; height: 2.75rem; border-radius: 50%; flex: none; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button {
  font: inherit; font-weight: 600; padding: .6rem 1.2rem; border-radius: 10px; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: inherit;
}
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
form > button { width: 100%; }
.fault { margin-bottom: 1rem; padding: .6rem .75rem; border-radius: 10px; background: var(--on-bad); color: var(--bad); }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.25rem 0; color: var(--quiet); font-size: .85rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.below { margin: 1.25rem 0 1rem; text-align: center; }
label { font-weight: 600; }
input:not([type="hidden"], [type="checkbox"]), select {
  display: block; width: 100%; margin: .25rem 0 1rem; font: inherit; padding: .55rem .75rem; border-radius: 10px;
  border: 1px solid var(--line); background: var(--ground); color: inherit;
}
.card + .card { margin-top: 1rem; }
.card h2 { margin-top: 0; }
code, pre { font: .88rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; margin: 0; }
.scroll { overflow-x: auto; }
table { width: 100%; min-width: 40rem; border-collapse: collapse; text-align: left; }
th { font-size: .82rem; color: var(--quiet); font-weight: 600; }
th, td { padding: .6rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 14px; background: #fff; }
`;
