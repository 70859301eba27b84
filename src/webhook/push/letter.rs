//! One notification: what it says, sealed for one browser, and the request that carries it.

use super::super::event::Call;
use super::super::post::{Manner, Outcome, deliver};
use super::super::template::shorten;
use super::super::{Event, push};
use super::{Browser, BrowserKeys, LIMIT_PLAIN, Settings};
use crate::core::{Action, InstructionId};
use crate::words::Words;
use axum::http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Serialize;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes of the two lines that people read: together with the rest they fit into what push services take.
const LIMIT_TITLE: usize = 300;
const LIMIT_BODY: usize = 1_500;

/// A push service that says so knows the browser no more.
const GONE: &[StatusCode] = &[StatusCode::NOT_FOUND, StatusCode::GONE];

/// A notification as the service worker reads it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(in super::super) struct Letter {
    kind: Kind,
    /// The instruction whose card it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<InstructionId>,
    title: String,
    body: String,
    /// What can be answered in one tap.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    acts: &'static [&'static str],
    /// How many people a plain "done" stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u64>,
    /// In which language it is.
    lang: &'static str,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Somebody must answer.
    Ask,
    /// Nobody need answer any more.
    Over,
    /// This browser is called from now on.
    Hello,
}

impl Letter {
    /// Takes the place of every one before it of the same instruction at the push service (RFC 8030, 5.4).
    fn topic(&self) -> String {
        self.id.map_or_else(|| "hello".to_owned(), |id| format!("i{}", id.0))
    }
}

/// What is said of an event; `None`: it calls nobody.
pub(in super::super) fn of_event(event: &Event, words: &Words) -> Option<Letter> {
    let (kind, id) = match event.call {
        Call::Asks(id) => (Kind::Ask, id),
        Call::Settles(id) => (Kind::Over, id),
        Call::Nobody => return None,
    };
    let message: serde_json::Value = serde_json::from_str(&event.message).ok()?;
    let about: Option<serde_json::Value> = event
        .about
        .as_deref()
        .and_then(|about| serde_json::from_str(about).ok());
    let order = match message["type"] == "instruction" {
        true => Some(&message),
        false => about.as_ref(),
    };
    let queue = event.queue.as_ref().map(|queue| words.name("queue", queue.as_str()));
    let why = match (kind, message["code"].as_str()) {
        // What went up is told by why it was asked; a doubt by its own words.
        (Kind::Ask, Some("passed_up")) => order.map(|order| words.reason(order)),
        (Kind::Ask, _) => Some(words.reason(&message)),
        (Kind::Over | Kind::Hello, _) => None,
    };
    let lines = [queue, why].into_iter().flatten().filter(|line| !line.is_empty());
    // Whether people are there is answered by naming them, on the page.
    let in_one_tap = kind == Kind::Ask && !matches!(message["code"].as_str(), Some("not_shown" | "gone"));
    let sign_out = Action::SignOut;
    let takes_back = order.is_some_and(|order| order["action"] == serde_json::json!(sign_out));
    Some(Letter {
        kind,
        id: Some(id),
        title: shorten(words.headline(&message, about.as_ref()), LIMIT_TITLE),
        body: shorten(lines.collect::<Vec<_>>().join(" · "), LIMIT_BODY),
        acts: match (in_one_tap, takes_back) {
            (false, _) => &[],
            (true, true) => &["back_done", "keep"],
            (true, false) => &["done", "take", "cannot"],
        },
        n: order
            .filter(|_| in_one_tap)
            .and_then(|order| order["seats"]["ask"].as_u64()),
        lang: words.language().word(),
    })
}

/// Tells a browser that it is called from now on; by that it is known whether its push service can be reached from here at all.
pub async fn greet(settings: &Settings, browser: &Browser) -> Outcome {
    let words = Words::as_written(browser.language());
    let letter = Letter {
        kind: Kind::Hello,
        id: None,
        title: words.text("push.hello", &[]),
        body: words.text("push.hello_what", &[]),
        acts: &[],
        n: None,
        lang: words.language().word(),
    };
    send(settings, browser, &letter, 60).await
}

/// Sends a letter; the push service keeps it for so many seconds.
pub(in super::super) async fn send(settings: &Settings, browser: &Browser, letter: &Letter, ttl_s: u64) -> Outcome {
    let endpoint = match settings.endpoint(&browser.endpoint) {
        Ok(endpoint) => endpoint,
        Err(why) => return failed(why),
    };
    let request = match request(settings, browser, &endpoint, letter, ttl_s) {
        Ok(request) => request,
        Err(why) => return failed(why),
    };
    let may_be_at = |address: IpAddr| endpoint.may_be_at(address);
    let manner = Manner {
        ca_file: settings.ca_file.as_deref(),
        may_be_at: &may_be_at,
        gone: GONE,
        by_errcode: false,
    };
    deliver(&endpoint.address, request, manner, push::TIMEOUT).await
}

fn request(
    settings: &Settings,
    browser: &Browser,
    endpoint: &super::Endpoint,
    letter: &Letter,
    ttl_s: u64,
) -> Result<Request<Full<Bytes>>, &'static str> {
    let keys = BrowserKeys::read(&browser.p256dh, &browser.auth)?;
    let text = serde_json::to_vec(letter).map_err(|_| "it cannot be said as JSON")?;
    debug_assert!(text.len() <= LIMIT_PLAIN, "lines are shortened");
    let sealed = keys.seal(&text).map_err(|_| "it cannot be sealed for this browser")?;
    let now_s = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let known_by = settings
        .key
        .authorization(&endpoint.origin(), &settings.subject, now_s)
        .ok_or("the system gives no random numbers")?;
    Request::post(&endpoint.address.path)
        .header(header::HOST, &endpoint.address.authority)
        .header(header::AUTHORIZATION, known_by)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_ENCODING, "aes128gcm")
        .header(header::USER_AGENT, concat!("surged/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close")
        .header("ttl", ttl_s)
        .header("urgency", "high")
        .header("topic", letter.topic())
        .body(Full::new(Bytes::from(sealed)))
        .map_err(|_| "the request cannot be made")
}

fn failed(why: &str) -> Outcome {
    Outcome::Failed {
        why: why.to_owned(),
        after: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::wire::House;
    use crate::words::Language;
    use std::sync::Arc;

    /// Every event there is, in every language, asked about: nothing outgrows what a push service takes, and nothing is without words.
    #[test]
    fn whatever_is_told_fits() {
        for language in Language::WORDS.iter().filter_map(|word| Language::read(word)) {
            let words = Words::new(language, Arc::new(House::default()));
            for (kind, event) in sample::events() {
                let long = "呼".repeat(2_000);
                let event = Event {
                    call: Call::Asks(InstructionId(7)),
                    message: event.message.replace("inbound", &long).into(),
                    queue: Some(long[..].into()),
                    ..event
                };
                let letter = of_event(&event, &words).unwrap();
                let text = serde_json::to_string(&letter).unwrap();
                assert!(text.len() <= LIMIT_PLAIN, "{kind}: {} bytes", text.len());
                assert!(!letter.title.is_empty(), "{kind}");
            }
        }
    }

    #[test]
    fn an_ask_can_be_answered_in_one_tap_and_a_doubt_on_the_page_alone() {
        let words = Words::new(Language::En, Arc::new(House::default()));
        let said = |kind: &str| {
            let events = sample::events().into_iter();
            let (_, event) = events.into_iter().find(|(it, _)| it == kind).unwrap();
            let call = Call::Asks(InstructionId(7));
            of_event(&Event { call, ..event }, &words).unwrap()
        };
        let ask = said("instruction");
        assert_eq!(
            (ask.acts, ask.n, &ask.topic()[..]),
            (&["done", "take", "cannot"][..], Some(2), "i7")
        );
        assert!(ask.body.starts_with("Inbound · "), "{}", ask.body);
        assert_eq!(said("passed_up").acts, ["done", "take", "cannot"]);
        assert_eq!(said("gone").acts, [""; 0]);
        let over = sample::events().into_iter().find(|(it, _)| it == "answer").unwrap().1;
        let over = of_event(
            &Event {
                call: Call::Settles(InstructionId(7)),
                ..over
            },
            &words,
        )
        .unwrap();
        assert_eq!(
            (over.kind, over.acts, &over.topic()[..]),
            (Kind::Over, &[""; 0][..], "i7")
        );
    }
}
