//! The clients of the simulated phone system: each has a task that sends what changed since it last looked.

use super::{Board, GOODBYE, MAX_CLIENT_MESSAGE, MAX_CLIENTS, SEND_WITHIN};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::SinkExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

const HEARTBEAT: Utf8Bytes = Utf8Bytes::from_static(r#"{"heartbeat":true}"#);

/// What a client's task needs.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) board: watch::Receiver<Arc<Board>>,
    pub(super) heartbeat_after: Duration,
    pub(super) places: Arc<Semaphore>,
    pub(super) stop: CancellationToken,
}

pub(super) async fn enter(State(door): State<Door>, upgrade: WebSocketUpgrade) -> Response {
    let Ok(place) = door.places.clone().try_acquire_owned() else {
        let words = format!("{MAX_CLIENTS} clients are connected already; close one of them first\n");
        return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
    };
    let upgrade = upgrade
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE);
    upgrade.on_upgrade(move |socket| attend(door, socket, place))
}

/// One client: everything at first, then what changed, and a sign of life in silence. What it says is ignored.
async fn attend(mut door: Door, mut socket: WebSocket, _place: OwnedSemaphorePermit) {
    let board = door.board.borrow_and_update().clone();
    let mut seen: Vec<u64> = board.queues.iter().map(|posted| posted.version).collect();
    let frames: Vec<&str> = board.queues.iter().map(|posted| posted.frame.as_str()).collect();
    let mut outgoing = vec![Message::text(format!("[{}]", frames.join(",")))];
    loop {
        match tokio::time::timeout(SEND_WITHIN, send(&mut socket, std::mem::take(&mut outgoing))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
        let silence = tokio::time::sleep(door.heartbeat_after);
        tokio::pin!(silence);
        while outgoing.is_empty() {
            tokio::select! {
                biased;
                () = door.stop.cancelled() => return say_goodbye(socket).await,
                changed = door.board.changed() => match changed {
                    Ok(()) => outgoing = news(&door.board.borrow_and_update(), &mut seen),
                    Err(_) => return say_goodbye(socket).await,
                },
                heard = socket.recv() => match heard {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                () = &mut silence => outgoing.push(Message::Text(HEARTBEAT)),
            }
        }
    }
}

/// The readings that a client has not seen.
fn news(board: &Board, seen: &mut [u64]) -> Vec<Message> {
    let mut messages = Vec::new();
    for (posted, seen) in board.queues.iter().zip(seen) {
        if posted.version != *seen {
            *seen = posted.version;
            messages.push(Message::Text(posted.frame.clone()));
        }
    }
    messages
}

async fn send(socket: &mut WebSocket, messages: Vec<Message>) -> Result<(), axum::Error> {
    for message in messages {
        socket.feed(message).await?;
    }
    socket.flush().await
}

async fn say_goodbye(mut socket: WebSocket) {
    let goodbye = CloseFrame {
        code: close_code::AWAY,
        reason: Utf8Bytes::from_static("the simulated phone system ends"),
    };
    // Who is gone already needs no goodbye.
    let _ = tokio::time::timeout(GOODBYE, socket.send(Message::Close(Some(goodbye)))).await;
}
