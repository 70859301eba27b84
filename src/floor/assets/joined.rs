//! Many files of the page as one: each would cost a request with its heads, and packs less well alone.
//!
//! ```text
//!  index.html ──names──► console.css, bar/bar.css, …   ═► page.css
//!             ──names──► main.js ──imports──► dom.js, store.js, …   ═► page.js:  export const $page = {};
//!                           │                                                    $page['dom.js'] = (() => { …; return { h, icon }; })();
//!                           └──imports when it is opened──► orders/orders.js: takes what it builds on from page.js
//! ```
//! Within `page.js` every module keeps names of its own, in a function around it. The page's first module stays outside: it waits for
//! answers while it begins, and what it opens meanwhile must find `page.js` ready.

use super::Console;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The page's sheets as one, in the order in which the page names them.
pub(super) const SHEET: &str = "page.css";
/// The modules on which the first one builds, as one.
pub(super) const MODULE: &str = "page.js";
/// The page's first module.
const FIRST: &str = "main.js";

/// A file of the page as text; nothing where there is none.
fn text(path: &str) -> Option<String> {
    let file = Console::get(path)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// The page as it goes out: with one sheet in place of all that it names, and with word of the module that its first one asks for next.
pub(super) fn page(index: &str) -> String {
    let mut named = false;
    let lines = index.lines().filter_map(|line| match sheet_of(line) {
        None if line.trim() == format!("<script type=\"module\" src=\"{FIRST}\"></script>") => {
            Some(format!("  <link rel=\"modulepreload\" href=\"{MODULE}\">\n{line}"))
        }
        None => Some(line.to_owned()),
        Some(_) if named => None,
        Some(_) => {
            named = true;
            Some(format!("  <link rel=\"stylesheet\" href=\"{SHEET}\">"))
        }
    });
    lines.fold(String::new(), |page, line| page + &line + "\n")
}

/// The one sheet.
pub(super) fn sheet() -> Vec<u8> {
    let index = text("index.html").unwrap_or_default();
    let sheets = sheets(&index).filter_map(text);
    sheets.flat_map(|sheet| bare(&sheet).into_bytes()).collect()
}

/// The paths of the sheets that a page names.
pub(super) fn sheets(index: &str) -> impl Iterator<Item = &str> {
    index.lines().filter_map(sheet_of)
}

fn sheet_of(line: &str) -> Option<&str> {
    let link = line.trim().strip_prefix("<link rel=\"stylesheet\" href=\"")?;
    link.strip_suffix("\">")
}

/// The one module.
pub(super) fn module() -> Vec<u8> {
    let mut all = "export const $page = {};\n".to_owned();
    for path in parts() {
        let source = bare(&text(&path).unwrap_or_default());
        let (body, given) = taken_out(&source, &path);
        // Writing to a String cannot fail.
        let _ = writeln!(
            all,
            "$page['{path}'] = (() => {{\n{body}return {{ {} }};\n}})();",
            given.join(", ")
        );
    }
    all.into_bytes()
}

/// A module of its own, which takes from the one module what is in there.
pub(super) fn apart(path: &str, source: &str) -> Vec<u8> {
    let parts = parts();
    let mut takes = false;
    let lines = bare(source);
    let lines = lines.lines().map(|line| match Import::read(line, path) {
        Some(import) if parts.contains(&import.from) => {
            takes = true;
            import.line()
        }
        _ => line.to_owned(),
    });
    let body = lines.fold(String::new(), |body, line| body + &line + "\n");
    if !takes {
        return body.into_bytes();
    }
    let up = "../".repeat(path.matches('/').count());
    let up = if up.is_empty() { "./" } else { &up };
    format!("import {{ $page }} from '{up}{MODULE}';\n{body}").into_bytes()
}

/// The modules on which the first one builds, each after those on which it builds itself.
pub(super) fn parts() -> Vec<String> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    follow(FIRST, &mut seen, &mut order);
    order.retain(|it| it != FIRST);
    order
}

fn follow(path: &str, seen: &mut BTreeSet<String>, order: &mut Vec<String>) {
    let source = text(path).unwrap_or_default();
    if !seen.insert(path.to_owned()) {
        return;
    }
    for import in source.lines().filter_map(|line| Import::read(line.trim(), path)) {
        follow(&import.from, seen, order);
    }
    order.push(path.to_owned());
}

/// A module's lines without its imports' and exports' own words, and the names that it gives to others.
fn taken_out(source: &str, path: &str) -> (String, Vec<String>) {
    let mut given = Vec::new();
    let mut body = String::new();
    for line in source.lines().filter(|line| *line != "export {};") {
        if let Some(import) = Import::read(line, path) {
            let names = import.names.split(',').map(|name| name.trim().to_owned());
            given.extend(names.filter(|name| import.gives_on && !name.is_empty()));
            body.push_str(&import.line());
        } else {
            let declared = line.strip_prefix("export ");
            given.extend(declared.and_then(declared_name).map(str::to_owned));
            body.push_str(declared.unwrap_or(line));
        }
        body.push('\n');
    }
    (body, given)
}

/// The name in `function h(…)`, `async function call(…)`, `class Bar`, `const SIGNS = …`.
fn declared_name(declared: &str) -> Option<&str> {
    let rest = declared.strip_prefix("async ").unwrap_or(declared);
    let rest = ["function ", "class ", "const "]
        .iter()
        .find_map(|kind| rest.strip_prefix(kind))?;
    let end = rest
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

/// `import { a, b as c } from './x.js';`, `import * as x from './x.js';` and `export { a } from './x.js';`, each on a line of its own.
struct Import<'a> {
    names: &'a str,
    is_all: bool,
    gives_on: bool,
    /// The path of the module, from the page's folder.
    from: String,
}

impl Import<'_> {
    fn read<'a>(line: &'a str, importer: &str) -> Option<Import<'a>> {
        let gives_on = line.starts_with("export {");
        let rest = line
            .strip_prefix("import ")
            .or_else(|| line.strip_prefix("export ").filter(|_| gives_on))?;
        let (names, from) = rest.split_once(" from ")?;
        let from = from.trim_end_matches(';').trim_matches(['\'', '"']);
        let all = names.strip_prefix("* as ");
        let names = all.unwrap_or_else(|| names.trim_matches(['{', '}', ' ']));
        let folder = importer.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(Import {
            names,
            is_all: all.is_some(),
            gives_on,
            from: resolved(folder, from),
        })
    }

    /// What takes the same names from the one module.
    fn line(&self) -> String {
        let Import { names, from, .. } = self;
        match self.is_all {
            true => format!("const {names} = $page['{from}'];"),
            false => format!("const {{ {} }} = $page['{from}'];", names.replace(" as ", ": ")),
        }
    }
}

/// `../dom.js` seen from `queue` is `dom.js`.
fn resolved(folder: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Without comments that stand on lines of their own, indentation and empty lines: a third of what would go over the wire. Ours keep
/// texts of several lines out of the page's files, so that a line is never part of one.
pub(super) fn bare(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            left.push_str(line);
            left.push('\n');
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_has_no_comments_and_says_the_same() {
        let source = "// On top.\n\nimport { h } from './dom.js';\n\n/** One line. */\nexport function f() {\n  /*\n   * Several.\n   */\n  return h('a', '// no comment'); // stays\n}\n";
        let left =
            "import { h } from './dom.js';\nexport function f() {\nreturn h('a', '// no comment'); // stays\n}\n";
        assert_eq!(bare(source), left);
    }

    /// A line within a text of several lines would be taken for code.
    #[test]
    fn no_file_of_the_page_has_a_text_of_several_lines() {
        for path in Console::iter().filter(|path| path.ends_with(".js")) {
            for (n, line) in text(&path).unwrap().lines().enumerate() {
                let ticks = line.matches('`').count();
                let comment = line.trim_start().starts_with(['*', '/']);
                assert!(ticks % 2 == 0 || comment, "{path}:{}: {line}", n + 1);
                let behind = line.trim().strip_prefix("/*").and_then(|it| it.split_once("*/"));
                assert!(
                    behind.is_none_or(|(_, code)| code.is_empty()),
                    "{path}:{}: {line}",
                    n + 1
                );
            }
        }
    }

    #[test]
    fn the_page_has_one_sheet_with_all_that_it_names_in_their_order() {
        let index = "<head>\n  <link rel=\"stylesheet\" href=\"a.css\">\n  <link rel=\"stylesheet\" href=\"b/b.css\">\n  <script type=\"module\" src=\"main.js\"></script>\n</head>\n";
        assert_eq!(sheets(index).collect::<Vec<_>>(), ["a.css", "b/b.css"]);
        assert_eq!(
            page(index),
            "<head>\n  <link rel=\"stylesheet\" href=\"page.css\">\n  <link rel=\"modulepreload\" href=\"page.js\">\n  <script type=\"module\" src=\"main.js\"></script>\n</head>\n"
        );
        let pages = ["index.html", "bench/bench.html"].map(|page| text(page).unwrap());
        let named: BTreeSet<&str> = pages.iter().flat_map(|page| sheets(page)).collect();
        let there: Vec<_> = Console::iter().filter(|it| it.ends_with(".css")).collect();
        let there: BTreeSet<&str> = there.iter().map(AsRef::as_ref).collect();
        assert_eq!(named, there, "each sheet is named, and each that is named is there");
        assert!(String::from_utf8(sheet()).unwrap().contains(".wall .entries"));
    }

    #[test]
    fn a_module_takes_its_names_from_the_one_module_and_gives_its_own() {
        let source = "import { h, left as span } from '../dom.js';\nimport * as keep from '../keep.js';\nexport { A, B, } from \"./x.js\";\nexport async function f() {\n}\nexport const N = 1;\nexport class Q { }\nexport {};\n";
        let (body, given) = taken_out(source, "queue/queue.js");
        assert_eq!(
            body,
            "const { h, left: span } = $page['dom.js'];\nconst keep = $page['keep.js'];\nconst { A, B, } = $page['queue/x.js'];\nasync function f() {\n}\nconst N = 1;\nclass Q { }\n"
        );
        assert_eq!(given, ["A", "B", "f", "N", "Q"]);
        let orders = "import { h } from '../dom.js';\nimport { near } from './near.js';\nh(near);\n";
        assert_eq!(
            String::from_utf8(apart("orders/orders.js", orders)).unwrap(),
            "import { $page } from '../page.js';\nconst { h } = $page['dom.js'];\nimport { near } from './near.js';\nh(near);\n"
        );
    }

    /// Every word that a joined module says of others is understood, and each stands after what it builds on.
    #[test]
    fn the_one_module_leaves_no_import_and_no_export_behind() {
        let parts = parts();
        for it in ["dom.js", "store.js", "cards/cards.js", "vendor/fluent/bundle.js"] {
            assert!(parts.iter().any(|path| path == it), "{it}");
        }
        let all = String::from_utf8(module()).unwrap();
        let (head, rest) = all.split_once('\n').unwrap();
        assert_eq!(head, "export const $page = {};");
        for line in rest.lines() {
            assert!(!line.starts_with("import ") && !line.starts_with("export "), "{line}");
            assert!(
                !line.contains("import(") && !line.contains("import.meta"),
                "a module's own place is lost: {line}"
            );
        }
        for (place, path) in parts.iter().enumerate() {
            let source = text(path).unwrap();
            for import in source.lines().filter_map(|line| Import::read(line, path)) {
                let before = parts[..place].contains(&import.from);
                assert!(before, "{path} and {} build on one another", import.from);
            }
            let exports = source
                .lines()
                .filter(|line| line.starts_with("export ") && *line != "export {};" && !line.contains(" from "));
            for line in exports {
                let name = line.strip_prefix("export ").and_then(declared_name);
                assert!(name.is_some(), "{path}: {line}");
            }
        }
    }
}
