//! One notification: what it says, sealed for one browser, and the request that carries it.

use super::super::event::{Call, Card};
use super::super::post::{Manner, Outcome, deliver};
use super::super::template::shorten;
use super::super::{Event, push};
use super::{Browser, BrowserKeys, LIMIT_PLAIN, Settings};
use crate::core::{Action, InstructionId, Name};
use crate::words::Words;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Serialize;
use sha2::{Digest, Sha256};
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
    /// The tier that waits for a leader's yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    yes: Option<Yes>,
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

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Yes {
    queue: Name,
    tier: Name,
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
    /// Takes the place of every one before it of the same card at the push service (RFC 8030, 5.4): at most 32 characters of those that
    /// an address may have, which the names of a queue and a tier need not be.
    fn topic(&self) -> String {
        match (&self.id, &self.yes) {
            (Some(id), _) => format!("i{}", id.0),
            (None, Some(Yes { queue, tier })) => {
                let of_both = Sha256::digest(format!("{queue}\n{tier}"));
                format!("y{}", &URL_SAFE_NO_PAD.encode(of_both)[..24])
            }
            (None, None) => "hello".to_owned(),
        }
    }
}

/// What is said of an event; `None`: it calls nobody.
pub(in super::super) fn of_event(event: &Event, words: &Words) -> Option<Letter> {
    let (kind, card) = match &event.call {
        Call::Asks(card) => (Kind::Ask, card),
        Call::Settles(card) => (Kind::Over, card),
        Call::Nobody => return None,
    };
    let message: serde_json::Value = serde_json::from_str(&event.message).ok()?;
    let about: Option<serde_json::Value> = event
        .about
        .as_deref()
        .and_then(|about| serde_json::from_str(about).ok());
    // What is to be done: a yes is asked for as an instruction is.
    let order = match message["type"] == "instruction" || message["code"] == "approval_asked" {
        true => Some(&message),
        false => about.as_ref(),
    };
    Some(Letter {
        kind,
        id: match card {
            Card::Instruction(id) => Some(*id),
            Card::Yes { .. } => None,
        },
        yes: match card {
            Card::Instruction(_) => None,
            Card::Yes { queue, tier } => Some(Yes {
                queue: queue.clone(),
                tier: tier.clone(),
            }),
        },
        title: shorten(words.headline(&message, about.as_ref()), LIMIT_TITLE),
        body: match kind {
            Kind::Ask => shorten(why(event, words, &message, order), LIMIT_BODY),
            Kind::Over | Kind::Hello => String::new(),
        },
        acts: acts(kind, card, &message, order),
        n: order
            .filter(|_| in_one_tap(kind, &message))
            .and_then(|order| order["seats"]["ask"].as_u64()),
        lang: words.language().word(),
    })
}

/// The second line: of which queue, and why.
fn why(event: &Event, words: &Words, message: &serde_json::Value, order: Option<&serde_json::Value>) -> String {
    let queue = event.queue.as_ref().map(|queue| words.name("queue", queue.as_str()));
    let lines = match message["code"].as_str() {
        // What went up is told by why it was asked; a doubt by its own words.
        Some("passed_up") => [queue, order.map(|order| words.reason(order))],
        // The first line names the queue.
        Some("approval_asked") => [Some(words.headline_of(message)), Some(words.reason(message))],
        _ => [queue, Some(words.reason(message))],
    };
    let lines: Vec<String> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
    lines.join(" · ")
}

/// Whether people are there is answered by naming them, on the page.
fn in_one_tap(kind: Kind, message: &serde_json::Value) -> bool {
    kind == Kind::Ask && !matches!(message["code"].as_str(), Some("not_shown" | "gone"))
}

fn acts(
    kind: Kind,
    card: &Card,
    message: &serde_json::Value,
    order: Option<&serde_json::Value>,
) -> &'static [&'static str] {
    let sign_out = Action::SignOut;
    let takes_back = order.is_some_and(|order| order["action"] == serde_json::json!(sign_out));
    match (in_one_tap(kind, message), card) {
        (false, _) => &[],
        (true, Card::Yes { .. }) => &["yes", "no"],
        (true, Card::Instruction(_)) if takes_back => &["back_done", "keep"],
        (true, Card::Instruction(_)) => &["done", "take", "cannot"],
    }
}

/// Tells a browser that it is called from now on; by that it is known whether its push service can be reached from here at all.
pub async fn greet(settings: &Settings, browser: &Browser) -> Outcome {
    let words = Words::as_written(browser.language());
    let letter = Letter {
        kind: Kind::Hello,
        id: None,
        yes: None,
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
        // A maker's service is nobody's here to mend.
        advice: |_| None,
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
                    call: Call::Asks(Card::Instruction(InstructionId(7))),
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
            let call = Call::Asks(Card::Instruction(InstructionId(7)));
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
        let events = sample::events().into_iter();
        let (_, yes) = events.into_iter().find(|(it, _)| it == "approval_asked").unwrap();
        let yes = of_event(&yes, &words).unwrap();
        assert_eq!((yes.acts, yes.n, yes.id), (&["yes", "no"][..], Some(2), None));
        assert_eq!(yes.title, "Inbound: a yes is asked for Experts");
        assert!(yes.body.starts_with("Sign in 2 · Experts · 8 waiting"), "{}", yes.body);
        let topic = yes.topic();
        let may_stand = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(topic.len() <= 32 && topic.chars().all(may_stand), "{topic}");
        let over = sample::events().into_iter().find(|(it, _)| it == "answer").unwrap().1;
        let over = of_event(
            &Event {
                call: Call::Settles(Card::Instruction(InstructionId(7))),
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
