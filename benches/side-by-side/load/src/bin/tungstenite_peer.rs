//! A peer: tokio-tungstenite with its defaults, a task a client, a broadcast channel between them. What a client says goes to all.

use anyhow::Result;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Messages that a client may be behind.
const KEPT: usize = 16 * 1024;

#[tokio::main]
async fn main() -> Result<()> {
    let address: String = side_by_side::asked()?;
    let listener = TcpListener::bind(address).await?;
    let said = broadcast::Sender::new(KEPT);
    println!("listening");
    loop {
        let (socket, _) = listener.accept().await?;
        let said = said.clone();
        tokio::spawn(async move {
            // A client that has gone is no fault of ours.
            let _ = attend(socket, said).await;
        });
    }
}

async fn attend(socket: TcpStream, said: broadcast::Sender<Utf8Bytes>) -> Result<()> {
    socket.set_nodelay(true)?;
    let socket = tokio_tungstenite::accept_async(socket).await?;
    let (mut write, mut read) = socket.split();
    let mut heard = said.subscribe();
    loop {
        tokio::select! {
            message = read.next() => match message {
                Some(Ok(Message::Text(text))) => drop(said.send(text)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
            text = heard.recv() => match text {
                Ok(text) => write.send(Message::Text(text)).await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }
}
