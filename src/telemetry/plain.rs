//! Text from outside, made harmless for a line of a log, a terminal and a chat.

use std::borrow::Cow;

/// The text on one line: what ends a line or moves a cursor is a space, what turns the direction of writing is gone. Somebody's note
/// can neither look like a line of its own nor make others read backwards.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|it| breaks(it) || turns(it)) {
        return Cow::Borrowed(text);
    }
    let harmless = text.chars().filter(|it| !turns(*it));
    Cow::Owned(harmless.map(|it| if breaks(it) { ' ' } else { it }).collect())
}

/// Control characters, and Unicode's own ends of lines and paragraphs.
fn breaks(it: char) -> bool {
    it.is_control() || matches!(it, '\u{2028}' | '\u{2029}')
}

/// Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX 9).
fn turns(it: char) -> bool {
    matches!(it, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_a_line_or_turns_it_is_gone_and_the_rest_stays() {
        assert_eq!(plain("done\nERROR\r\u{1b}[2J\u{85}x\u{2028}y"), "done ERROR  [2J x y");
        assert_eq!(plain("\u{202e}drow\u{202c} \u{2066}a\u{2069}\u{200f}"), "drow a");
        let kept = "王小明 said: “früh” 👩‍💻 e\u{301}";
        assert!(matches!(plain(kept), Cow::Borrowed(it) if it == kept));
    }
}
