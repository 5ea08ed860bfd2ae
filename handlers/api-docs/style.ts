import { Html } from "./html";

/** Readable in light and dark, on a phone and on paper. */
export const STYLE = new Html(`
:root { --ink: #1c2330; --soft: #5b6577; --paper: #fff; --panel: #f5f7fa; --line: #dde2ea; --accent: #0b62c4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #9aa5b8; --paper: #12161d; --panel: #1a2029; --line: #2c3542; --accent: #6cb2ff; }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.55 system-ui, sans-serif;
  display: grid; grid-template-columns: minmax(17rem, 23rem) minmax(0, 1fr); }
header { grid-column: 1 / -1; padding: 2rem 2.5rem 1rem; border-bottom: 1px solid var(--line); }
h1 { margin: 0 0 .25rem; font-size: 1.8rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 0 0 .4rem; font-size: 1.15rem; }
.route { margin: 0 0 .8rem; overflow-wrap: anywhere; }
h4 { margin: 1.25rem 0 .4rem; font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
nav { padding: 0 1.5rem 2rem 2.5rem; font-size: .9rem; position: sticky; top: 0; align-self: start;
  max-height: 100vh; overflow: auto; }
nav h2 { font-size: 1rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: .3rem 0; overflow-wrap: anywhere; }
nav a { color: inherit; text-decoration: none; display: grid; grid-template-columns: 3.8rem 1fr; gap: .5rem;
  align-items: start; }
nav a:hover, nav a:focus-visible { text-decoration: underline; }
main { padding: 0 2.5rem 4rem 1rem; border-left: 1px solid var(--line); }
main > section { padding-left: 1.5rem; max-width: 60rem; }
a { color: var(--accent); }
article { margin: 1rem 0; padding: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--panel); }
article:target, details:target { outline: 2px solid var(--accent); }
.method { display: inline-block; min-width: 3.6rem; padding: .1rem .4rem; border-radius: .3rem; color: #fff;
  background: #5b6577; font: 700 .72rem/1.5 ui-monospace, monospace; text-align: center; text-transform: uppercase; }
.method.get { background: #0a6b3d; } .method.post { background: #0b5cb8; } .method.patch { background: #8a4b00; }
code, pre { font: .86rem/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
pre { margin: 0; padding: .9rem 1rem; overflow: auto; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--paper); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
details { margin: .5rem 0; padding: .6rem 1rem; border: 1px solid var(--line); border-radius: .4rem; }
summary { cursor: pointer; font-weight: 600; }
details pre { margin-top: .6rem; }
@media (max-width: 50rem) {
  body { display: block; } nav { position: static; max-height: none; padding: 0 1.25rem; }
  header, main { padding-left: 1.25rem; padding-right: 1.25rem; } main { border: 0; } main > section { padding: 0; }
}
@media print { nav { display: none; } body { display: block; } }
`);
