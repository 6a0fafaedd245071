"""How the scrutineer's page looks, on a screen and on paper.

Words have a contrast of at least 7 to their ground, lines and marks of at least 3 (WCAG 2.2, 1.4.6 and 1.4.11); a test
works it out. Nothing is told by colour alone. Fonts are those of the reader's machine: nothing is fetched.
"""

COLOURS = {
    "ground": "#ffffff",
    "panel": "#f2f5f8",
    "ink": "#16202b",
    "quiet": "#435262",
    "accent": "#123f6b",
    "rule": "#76828f",
    "grid": "#d5dbe1",
    "good": "#14532d",
    "bad": "#8a1414",
    "shape0": "#0b5394",
    "shape1": "#9a4300",
    "shape2": "#5b2a86",
    "shape3": "#3f4a54",
    "pair0": "#00605a",
    "pair1": "#8a1b4d",
    "pair2": "#6b5300",
    "below": "#dce8f4",
}
WORDS = ("ink", "quiet", "accent", "good", "bad")
MARKS = ("rule", "shape0", "shape1", "shape2", "shape3", "pair0", "pair1", "pair2")

_RULES = """
*{box-sizing:border-box}
html{color-scheme:light;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",Arial,"Noto Sans",sans-serif}
header,nav,main,footer{max-width:54rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.25rem}
.kicker{margin:0;color:var(--accent);font-weight:600;letter-spacing:.02em}
h1{margin:.15rem 0 .5rem;font-size:2.05rem;line-height:1.2;text-wrap:balance}
h2{margin:3rem 0 .75rem;padding-top:.6rem;border-top:3px solid var(--accent);font-size:1.45rem;line-height:1.25}
h3{margin:2rem 0 .5rem;font-size:1.15rem;line-height:1.3}
h4{margin:1.5rem 0 .4rem;font-size:1rem}
p,ul,ol,dl{margin:.6rem 0;max-width:44rem}
li{margin:.25rem 0}
a{color:var(--accent)}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--ground)}
nav ol{columns:2;column-gap:2.5rem;padding-left:1.6rem;max-width:none}
nav li{break-inside:avoid}
main{counter-reset:part}
main h2::before{counter-increment:part;content:counter(part) ". "}
nav h2{border:0;margin:1.5rem 0 .3rem;padding:0;font-size:1rem}
code,.hash{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em;
overflow-wrap:anywhere}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.25rem;max-width:none}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.6rem,1fr));gap:.75rem;margin:1rem 0;padding:0;
list-style:none;max-width:none}
.figures li{margin:0;padding:.65rem .8rem;font-size:.92rem;background:var(--panel);border-left:4px solid var(--accent)}
.figures strong{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.alarm{margin:1rem 0;padding:1rem;border:4px solid var(--bad);max-width:none}
.alarm{font-size:2rem;line-height:1.2;font-weight:700;color:var(--bad)}
.verdict{margin:1rem 0;padding:.3rem 1rem;border:2px solid var(--good);background:var(--panel);max-width:none}
.verdict strong{color:var(--good)}
.verdict.bad{border-color:var(--bad)}
.verdict.bad strong,.bad{color:var(--bad)}
.note{margin:1rem 0;padding:.75rem 1rem;border-left:4px solid var(--rule);background:var(--panel);max-width:none}
.words{margin:1rem 0;padding:.1rem 1.1rem;border:1px solid var(--rule)}
.words h3{margin-top:1rem}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem;margin:1rem 0}
.two>div{padding:.1rem 1.1rem;border:1px solid var(--rule);border-top:4px solid var(--accent)}
.two h3{margin-top:.9rem}
.two ul{padding-left:1.2rem}
table{width:100%;margin:1rem 0 1.25rem;border-collapse:collapse;font-size:.94rem;font-variant-numeric:tabular-nums}
caption{padding:.3rem 0;text-align:left;font-weight:600}
th,td{padding:.38rem .6rem;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--accent);vertical-align:bottom}
tbody th{font-weight:400}
tfoot th,tfoot td{border-top:2px solid var(--accent);border-bottom:0;font-weight:600}
.dense{font-size:.86rem}
.dense th,.dense td{padding:.12rem .6rem}
.number{text-align:right}
td.number small{display:block;color:var(--quiet);font-size:.86em;white-space:nowrap}
.withheld{font-style:italic;color:var(--quiet)}
.wide{overflow-x:auto}
figure{margin:1.25rem 0 1.75rem}
svg{display:block;width:100%;height:auto}
figcaption{margin-top:.4rem;color:var(--quiet);font-size:.92rem}
svg text{font-size:12.5px;fill:var(--ink)}
svg .value{font-weight:600}
svg .name{font-size:13px}
svg .end{text-anchor:end}
svg .middle{text-anchor:middle}
svg .grid{stroke:var(--grid)}
svg .axis,svg .zero{stroke:var(--ink)}
svg .event{stroke:var(--rule);stroke-dasharray:4 3}
svg .pause{fill:var(--grid)}
svg .curve{fill:none;stroke:var(--shape0);stroke-width:2.2;stroke-linejoin:round}
svg .below{fill:var(--below)}
svg .reach{stroke-width:2.2}
svg .shape0{fill:var(--shape0);stroke:var(--shape0)}
svg .shape1{fill:var(--shape1);stroke:var(--shape1)}
svg .shape2{fill:var(--shape2);stroke:var(--shape2)}
svg .shape3{fill:var(--shape3);stroke:var(--shape3)}
svg .pair0{stroke:var(--pair0)}
svg .pair1{stroke:var(--pair1)}
svg .pair2{stroke:var(--pair2)}
svg .pair0 .mark,svg .pair1 .mark,svg .pair2 .mark,svg .mark.pair0,svg .mark.pair1,svg .mark.pair2{
fill:var(--ground);stroke-width:2.4}
svg .roll{stroke:var(--rule)}
footer{margin-top:3rem;padding-bottom:3rem;color:var(--quiet);font-size:.92rem}
footer p{border-top:1px solid var(--rule);padding-top:.8rem;max-width:none}
@media (max-width:40rem){nav ol{columns:1}dl.facts{grid-template-columns:1fr}dl.facts dd{margin-bottom:.5rem}
h1{font-size:1.6rem}svg text{font-size:14px}}
@page{size:A4;margin:17mm 16mm 18mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt}}
@media print{html{font-size:9.6pt}body{line-height:1.42}header,nav,main,footer{max-width:none;padding-left:0;
padding-right:0}header{padding-top:0}.skip{display:none}a{color:inherit;text-decoration:none}h2{margin-top:1.8rem}
h2,h3,h4,caption{break-after:avoid}figure,tr,table:not(.dense),.two>div,.verdict,.note,.figures{break-inside:avoid}
thead{display:table-header-group}tfoot{display:table-row-group}.wide{overflow:visible}svg{max-height:22cm}
.two{grid-template-columns:1fr 1fr}p,ul,ol{max-width:none}p,li{orphans:3;widows:3}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def style_sheet() -> str:
    """The rules, with the colours as variables."""
    colours = ";".join(f"--{name}:{value}" for name, value in COLOURS.items())
    return f":root{{{colours}}}{''.join(_RULES.splitlines())}"
