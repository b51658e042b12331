/** Colours are named once; the script reads them from here for what it draws. */
export const pageStyle = `
:root{color-scheme:light dark;--ink:#1c2024;--dim:#5d646c;--paper:#fbfbfa;--panel:#ffffff;--line:#dcdedf;--stripe:#f3f4f5;
--good:#1a7f45;--bad:#c02d2d;--warn:#b06f00;--step:#b9c2cc;--blocked:#d7a04a;--produce:#2f6fbd;--request:#8aa0b5;--lost:#c02d2d;
--down:#55595e;--gathering:#b5d3f0;--in-flight:#4c8fd6;--backoff:#e0a53f;--leader:#7b4fb3}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--dim:#9aa1a9;--paper:#14171a;--panel:#1a1e22;--line:#30353a;--stripe:#1f2428;
--good:#4cc07d;--bad:#f0716f;--warn:#e0a53f;--step:#4a5259;--blocked:#a8762a;--produce:#4c8fd6;--request:#5b6d7e;--lost:#f0716f;
--down:#8b9096;--gathering:#2f4a66;--in-flight:#4c8fd6;--backoff:#c08a2c;--leader:#b18be0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
#page{display:grid;grid-template-columns:20rem minmax(0,1fr);min-height:100vh}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;border-right:1px solid var(--line);padding:1rem .75rem}
nav h1{margin:0 .25rem;font-size:1rem}nav p{margin:.15rem .25rem .6rem;color:var(--dim);font-size:.8rem}
nav input{width:100%}nav ul{list-style:none;margin:.5rem 0 0;padding:0}
nav a{display:grid;grid-template-columns:1.1rem 1fr;padding:.3rem .25rem;border-radius:5px;color:inherit;text-decoration:none;line-height:1.3;font-size:.85rem}
nav a:hover{background:var(--stripe)}nav a[aria-current]{background:var(--stripe);outline:1px solid var(--line)}
nav small{color:var(--dim)}
main{padding:1.25rem 1.5rem 4rem;max-width:100rem}
h2{margin:0;font-size:1.4rem;line-height:1.3}h3{margin:1.6rem 0 .4rem;font-size:1rem}
.failed{color:var(--bad)}.passed{color:var(--good)}.skipped{color:var(--dim)}
.facts{color:var(--dim);margin:.2rem 0 .6rem}.why{max-width:60rem;margin:.4rem 0}
.broken{border-left:4px solid var(--bad);background:var(--panel);padding:.6rem .9rem;margin:.6rem 0}
.broken b{color:var(--bad)}.broken p{margin:.1rem 0;color:var(--dim)}
pre{margin:.4rem 0 0;padding:.5rem .7rem;background:var(--stripe);border-radius:5px;overflow-x:auto;font:12px/1.45 ui-monospace,monospace}
details{margin:.4rem 0}summary{cursor:pointer;color:var(--dim)}
.cut{color:var(--warn);margin:.3rem 0}
.hint{color:var(--dim);margin:.1rem 0 .4rem;font-size:.85rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:.2rem 0 .6rem;font-size:.82rem;color:var(--dim)}
.legend span{display:inline-flex;align-items:center;gap:.35rem}.legend svg{display:block}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:6px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(26rem,1fr));gap:1rem}
.charts figure{margin:0}.charts figcaption{padding:.5rem .8rem 0;font-weight:600}.charts figcaption small{font-weight:400;color:var(--dim);display:block}
.tools{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:.3rem 0 .5rem}
input[type=search]{font:inherit;padding:.3rem .5rem;border:1px solid var(--line);border-radius:5px;background:var(--panel);color:inherit;min-width:18rem}
nav input[type=search]{min-width:0}
button{font:inherit;padding:.2rem .6rem;border:1px solid var(--line);border-radius:5px;background:var(--panel);color:inherit;cursor:pointer}
.trace{height:28rem;overflow:auto;position:relative;font:12px/20px ui-monospace,monospace}
.trace table{border-collapse:collapse;width:100%;position:absolute;left:0;top:0}
.trace td{padding:0 .6rem;height:20px;white-space:nowrap}.trace td:first-child{text-align:right;color:var(--dim)}
.trace tr:hover td{background:var(--stripe);cursor:pointer}.trace tr.chosen td{background:var(--stripe);outline:1px solid var(--warn)}
.trace .producer{color:var(--produce)}.trace .broker{color:var(--leader)}.trace .workload{color:var(--dim)}
.trace .bad{color:var(--bad);font-weight:600}.trace .good{color:var(--good)}
.tip{max-width:28rem;white-space:normal}.tip b{display:block}
table.plain{border-collapse:collapse;font-size:.9rem}table.plain td,table.plain th{padding:.15rem .9rem .15rem 0;text-align:left;vertical-align:top}
@media(max-width:60rem){#page{grid-template-columns:1fr}nav{position:static;height:auto;max-height:16rem;border-right:0;border-bottom:1px solid var(--line)}.charts{grid-template-columns:1fr}}
`
