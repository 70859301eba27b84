//! Pages to keep and to print: one file, nothing in it comes from elsewhere.

use crate::words::Language;
use std::io::Write;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2430;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .75rem;border-bottom:1px solid #d5dae1;text-align:right;\
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}th:first-child,td:first-child{text-align:left}.unclear{color:#6b7480}td.sub{padding-left:2rem}figure{margin:1rem 0;\
overflow-x:auto}figure svg{min-width:40rem}svg text{font:12px system-ui,sans-serif;fill:#1c2430}h1,h2,h3{line-height:1.25;\
overflow-wrap:anywhere}@media print{body{margin:0;max-width:none}figure,table{break-inside:avoid}h2,h3{break-after:avoid}\
figure{overflow:visible}figure svg{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\
@media(max-width:40rem){body{margin:1rem auto}th,td{padding:.25rem .4rem}.wide{overflow-x:auto}}";

/// Writes the beginning of a page, up to its heading. `more` are rules of its own.
pub(super) fn begin(title: &str, language: Language, more: &str, out: &mut impl Write) -> std::io::Result<()> {
    let (title, language) = (escaped(title), language.word());
    writeln!(
        out,
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{title}</title><style>{STYLE}{more}</style><h1>{title}</h1>"
    )
}

/// Writes its end.
pub(super) fn end(out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "</html>")
}

/// A text that means nothing to a browser.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
