//! The sockets of the Asterisk adapter: the machine beside this file does the thinking.

use super::super::ami::Reader;
use super::super::dial::{self, Stream};
use super::super::reconnect::Again;
use super::super::telling::Teller;
use super::super::{Ended, Heard, Tls};
use super::{Account, Dialogue, Effect};
use crate::core::{Millis, Name};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};

/// Bytes taken from the socket at once.
const READ_AT_ONCE: usize = 16 * 1024;
/// A few bytes that do not get out within this mean a dead connection.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// Long enough to stand for "no timer": the loop wakes up for nothing then.
const IDLE: Millis = Millis::from_mins(60);

/// One Asterisk, over all its connections.
pub(in crate::feed) struct Source {
    address: String,
    tls: Option<Tls>,
    dialogue: Dialogue,
}

impl Source {
    pub fn new(account: Account, tls: Option<Tls>, queues: &BTreeMap<String, Name>) -> Source {
        Source {
            address: account.address.clone(),
            tls,
            dialogue: Dialogue::new(account, queues),
        }
    }

    /// Connects once and stays for as long as the connection does.
    pub async fn attend(&mut self, teller: &mut Teller) -> Ended {
        let (stream, private) = match self.connect().await {
            Ok(connected) => connected,
            Err((why, again)) => return Ended::before_it_began(why, again),
        };
        self.dialogue.connected(private, teller.now());
        let mut conversation = Conversation {
            dialogue: &mut self.dialogue,
            teller,
            useful_since: None,
        };
        let again = conversation.hold(stream).await;
        let useful_for = conversation
            .useful_since
            .map_or(Duration::ZERO, |since| since.elapsed());
        Ended {
            why: None,
            again,
            useful_for,
        }
    }

    async fn connect(&self) -> Result<(Box<dyn Stream>, bool), (String, Again)> {
        let hint = "is Asterisk running, with enabled = yes and this port in manager.conf?";
        let stream = dial::tcp(&self.address, hint).await.map_err(|unreached| {
            let again = Again::after(&unreached);
            (unreached.why, again)
        })?;
        let Some(tls) = &self.tls else {
            let loopback = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
            return Ok((Box::new(stream), loopback));
        };
        let later = |why| (why, Again::AfterPause);
        let config = dial::tls_config(tls.ca_file.as_deref()).map_err(later)?;
        let host = self
            .address
            .rsplit_once(':')
            .map_or(self.address.as_str(), |(host, _)| host);
        let name = tls.server_name.as_deref().unwrap_or(host.trim_matches(['[', ']']));
        Ok((Box::new(dial::tls(stream, config, name).await.map_err(later)?), true))
    }
}

struct Conversation<'a> {
    dialogue: &'a mut Dialogue,
    teller: &'a mut Teller,
    useful_since: Option<Instant>,
}

impl Conversation<'_> {
    /// Until the end of the connection. When to try again.
    async fn hold(&mut self, stream: Box<dyn Stream>) -> Again {
        let (mut incoming, mut outgoing) = tokio::io::split(stream);
        let mut reader = Reader::new();
        let mut bytes = vec![0; READ_AT_ONCE];
        loop {
            match self.act(&mut outgoing).await {
                Ok(None) => {}
                Ok(Some(again)) => return self.end("closed the connection", again).await,
                Err(how) => return self.end(&how, Again::AfterPause).await,
            }
            let due = self
                .dialogue
                .poll_timeout()
                .map_or(IDLE, |due| due - self.teller.now())
                .0
                .clamp(0, IDLE.0);
            tokio::select! {
                // What has come counts before what is due.
                biased;
                read = incoming.read(&mut bytes) => match read {
                    Ok(0) => return self.end(&dial::how_ended(None), Again::AfterPause).await,
                    Ok(length) => {
                        reader.push(&bytes[..length]);
                        let now = self.teller.now();
                        while let Some(frame) = reader.poll() {
                            self.dialogue.hear(frame, now);
                        }
                        self.dialogue.handle_timeout(now);
                    }
                    Err(error) => return self.end(&dial::how_ended(Some(&error)), Again::AfterPause).await,
                },
                () = sleep(Duration::from_millis(due.unsigned_abs())) => {
                    self.dialogue.handle_timeout(self.teller.now());
                }
            }
        }
    }

    /// Does what the machine wants. `Some`: it wants the connection closed.
    async fn act(&mut self, outgoing: &mut (impl AsyncWrite + Unpin)) -> Result<Option<Again>, String> {
        while let Some(effect) = self.dialogue.poll_effect() {
            match effect {
                Effect::Send(bytes) => {
                    let sent = async {
                        outgoing.write_all(&bytes).await?;
                        outgoing.flush().await
                    };
                    match timeout(SEND_WITHIN, sent).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => return Err(dial::how_ended(Some(&error))),
                        Err(_) => return Err("took no more bytes".into()),
                    }
                }
                Effect::Tell(heard) => self.tell(heard),
                Effect::SourceClock(at) => self.teller.source_clock(at),
                Effect::Impaired { reason, is } => self.teller.impaired(reason, is),
                Effect::Close { again } => return Ok(Some(again)),
            }
        }
        Ok(None)
    }

    async fn end(&mut self, how: &str, again: Again) -> Again {
        self.dialogue.closed(how, self.teller.now());
        while let Some(effect) = self.dialogue.poll_effect() {
            if let Effect::Tell(heard) = effect {
                self.tell(heard);
            }
        }
        again
    }

    fn tell(&mut self, heard: Heard) {
        if heard == Heard::Connected {
            self.useful_since = Some(Instant::now());
        }
        self.teller.tell(heard);
    }
}
