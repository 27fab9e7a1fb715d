/** The page's one style sheet. Colours are variables, so that light, dark and print differ in one place; each meets 4.5:1 on its ground. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#f6f5f2;--card:#fff;--ink:#16181d;--soft:#555c67;--line:#d8dade;--faint:#eceef1;--bar:#2f5fb3;--after:#8b95a5;
--met:#17663a;--met-bg:#e6f3ea;--missed:#ad1f18;--missed-bg:#fbe9e7;--unproven:#7d4b00;--unproven-bg:#fbf0dc}
@media (prefers-color-scheme:dark){:root{--paper:#121417;--card:#1a1d22;--ink:#e9ebef;--soft:#a8afba;--line:#363b44;--faint:#24282f;--bar:#7fa9f5;--after:#78818f;
--met:#74d69e;--met-bg:#16291f;--missed:#ff948b;--missed-bg:#331b1a;--unproven:#f0b95c;--unproven-bg:#2f2514}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 28px}
header{padding-top:44px}
.eyebrow{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.09em;text-transform:uppercase}
h1{margin:.15em 0 .2em;font-size:2.3rem;line-height:1.15;letter-spacing:-.02em;font-weight:680;text-wrap:balance}
h2{margin:0 0 .35rem;font-size:1.3rem;letter-spacing:-.01em}
h3{margin:1.7rem 0 .4rem;font-size:1rem}
p{margin:.3rem 0 .8rem;max-width:84ch}
.lead{font-size:1.08rem;color:var(--soft)}
section{margin:26px 0;padding:26px 28px;background:var(--card);border:1px solid var(--line);border-radius:14px}
.skip{position:absolute;left:-999px}.skip:focus{left:12px;top:12px;padding:8px 14px;background:var(--card);color:var(--ink);outline:2px solid var(--bar)}
.simulated{margin:22px 0 0;max-width:none;padding:13px 20px;border:2px solid var(--unproven);border-radius:12px;color:var(--unproven);font-weight:700;letter-spacing:.02em;
background:repeating-linear-gradient(-45deg,var(--unproven-bg) 0 14px,var(--card) 14px 28px)}
.simulated span{display:block;font-weight:450;color:var(--ink);letter-spacing:0}
.broken{border:2px solid var(--missed);color:var(--ink);border-radius:12px;padding:13px 20px;margin:22px 0 0;background:var(--missed-bg)}
.clocks{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:18px;margin-top:18px}
.clock{border:1px solid var(--line);border-left-width:7px;border-radius:12px;padding:18px 22px}
.clock.met{border-left-color:var(--met)}.clock.missed{border-left-color:var(--missed);border-left-style:double}.clock.not-proven{border-left-color:var(--unproven);border-left-style:dashed}
.clock p{margin:.2rem 0 0;color:var(--soft);font-size:.95rem}
.clock h3{margin:0;font-size:.95rem;font-weight:560;color:var(--soft)}
.clock .actual{margin:.3rem 0 .1rem;color:var(--ink);font-size:2.1rem;font-weight:680;letter-spacing:-.02em;line-height:1.2}
.clock .pill{margin-top:.55rem}
.pill{display:inline-block;padding:.05em .65em .1em;border-radius:99px;font-size:.86rem;font-weight:650;white-space:nowrap;border:1px solid currentColor}
.pill.met{color:var(--met);background:var(--met-bg)}.pill.missed{color:var(--missed);background:var(--missed-bg)}.pill.not-proven{color:var(--unproven);background:var(--unproven-bg);border-style:dashed}
.scroll{overflow-x:auto;margin:.4rem 0}
table{border-collapse:collapse;width:100%;font-size:.88rem}
caption{text-align:left;color:var(--soft);padding:.3rem 0;font-size:.86rem}
th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--line)}
thead th{color:var(--soft);font-weight:560;white-space:nowrap}
tbody th{font-weight:600;white-space:nowrap}tbody th .note{font-weight:450}tbody th.mono{font-weight:450;white-space:normal}
td.n,th.n{text-align:right;white-space:nowrap}td:last-child,th:last-child{padding-right:0}
.nowrap{white-space:nowrap}
.why{white-space:pre-wrap;overflow-wrap:anywhere}
.long{overflow-wrap:anywhere;min-width:20ch}
code,.mono{font:.84em/1.45 ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
.mono.hash{min-width:19ch;display:inline-block}
svg{display:block;width:100%;height:auto;margin:.5rem 0}
svg text{paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .soft{fill:var(--soft)}svg .axis{stroke:var(--line)}svg .limit{stroke:var(--missed);stroke-width:1.5;stroke-dasharray:6 4}svg .limit-word{fill:var(--missed);font-weight:650}
svg .track{fill:var(--faint)}svg .bar{fill:var(--bar)}svg .bar.after{fill:var(--after)}svg .bar.bad{fill:var(--missed)}
svg .stop{stroke:var(--ink);stroke-width:1.2}
svg .met{fill:var(--met)}svg .missed{fill:none;stroke:var(--missed);stroke-width:2.4}svg .not-proven{fill:var(--card);stroke:var(--unproven);stroke-width:2}svg .slot{stroke:var(--unproven);stroke-width:1.2;stroke-dasharray:2 3}
svg .join{fill:none;stroke:var(--after);stroke-width:1.2}
ul.plain{margin:.3rem 0;padding-left:1.15rem;max-width:78ch}ul.plain li{margin:.22rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;margin:.4rem 0;font-size:.9rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.note{color:var(--soft);font-size:.9rem}
footer{padding-top:8px;padding-bottom:48px;color:var(--soft);font-size:.86rem}
@media (max-width:640px){main,header,footer{padding-left:14px;padding-right:14px}section{padding:18px 16px}h1{font-size:1.7rem}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--faint:#eee;--bar:#274f96;--after:#8a8a8a;--met:#0f5a30;--met-bg:#fff;--missed:#9a1811;--missed-bg:#fff;--unproven:#6b4000;--unproven-bg:#f3f3f3}
@page{margin:14mm 12mm}body{font-size:10pt}main,header,footer{max-width:none;padding:0}header{padding-top:0}section{border:0;border-top:1px solid #bbb;border-radius:0;padding:12px 0;margin:10px 0}
h1{font-size:20pt}h2,h3,caption{break-after:avoid}table{font-size:8pt}th,td{padding-right:.5rem}tr,svg,.clock{break-inside:avoid}thead{display:table-header-group}.skip{display:none}.scroll{overflow:visible}
.simulated,.bar,.track,svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.trim()
