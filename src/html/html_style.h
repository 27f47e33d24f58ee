// The look of the report: one style sheet for light and dark, no script, no font from elsewhere.
#pragma once

#include <string_view>

namespace ironscribe::html {

inline constexpr std::string_view kHtmlStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5a636e;--line:#d8dee4;--card:#f6f8fa;
--s:#b35900;--d:#c62828;--i:#0b6e99;--ok:#2e7d32;--s-bg:#fff1db;--d-bg:#ffe4e3;--i-bg:#dff3fb}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e3e6ea;--dim:#98a2ad;--line:#363c44;
--card:#1d2126;--s:#f0ad4e;--d:#ff8a80;--i:#67c7ea;--ok:#81c784;--s-bg:#3b2c12;--d-bg:#43201f;
--i-bg:#123342}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px;max-width:1100px;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5em;margin:0 0 4px}h2{font-size:1.15em;margin:32px 0 10px}
.dim{color:var(--dim)}
.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 16px;
min-width:150px}
.tile b{display:block;font-size:1.6em;line-height:1.2}
.tile small{color:var(--dim)}
.plots{display:flex;flex-wrap:wrap;gap:24px}
figure{margin:0;max-width:100%;overflow-x:auto}figcaption{font-weight:600;margin-bottom:4px}
svg text{fill:var(--dim);font:11px system-ui,sans-serif}
svg .grid{stroke:var(--line)}svg .axis{stroke:var(--dim)}
svg .ideal{stroke:var(--dim);stroke-dasharray:4 4}svg .gap{stroke:var(--d);stroke-width:2}
svg .curve{fill:none;stroke:var(--i);stroke-width:2}svg .dot,svg .bar{fill:var(--i)}
svg .s{fill:var(--s)}svg .d{fill:var(--d)}svg .i{fill:var(--i)}
.scroll{overflow-x:auto}
table{border-collapse:collapse}
th,td{padding:3px 12px 3px 0;text-align:right;border-bottom:1px solid var(--line);
white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}
th{color:var(--dim);font-weight:600}
details{border-top:1px solid var(--line);padding:6px 0}
summary{cursor:pointer}
.text{padding:8px 0 4px}
.p{display:inline-block;vertical-align:top;margin:0 6px 8px 0;padding:0 3px;border-radius:4px}
.p bdi{display:block;min-height:1.5em}
.p.s{background:var(--s-bg);color:var(--s)}.p.d{background:var(--d-bg);color:var(--d)}
.p.i{background:var(--i-bg);color:var(--i)}
.p.d bdi:first-child{text-decoration:line-through}
.key .p{margin-bottom:0}
.better{color:var(--ok)}.worse{color:var(--d)}
)css";

}  // namespace ironscribe::html
