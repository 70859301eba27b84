//! An Asterisk whose app_queue is unloaded.

use super::phone_system::{Login, PhoneSystem, SECRET, USERNAME};
use super::{Prometheus, Scene};
use std::sync::atomic::{AtomicBool, Ordering};
use surged::core::Time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What follows a login: the event shows that the user may see those of the system.
const LET_IN: &[u8] = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n\
    Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n";

pub async fn lists_no_queues(prometheus: &Prometheus) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let scene = Scene::set("asterisk", |plan| {
        let feed = format!(
            "[hotline]\nkind = \"asterisk-ami\"\naddress = {address:?}\nusername = {USERNAME:?}\nsecret_file = \"ami.secret\"\n\
             stale_after = \"3s\"\nforget_after = \"1m\"\n"
        );
        plan.insert("feed".into(), feed.parse::<toml::Table>().unwrap().into());
    })
    .await;
    std::fs::write(scene.file("ami.secret"), SECRET).unwrap();
    let unloaded = AtomicBool::new(true);
    let story = async {
        let (_daemon, _) = scene.starts(prometheus).await;
        prometheus.fires("SurgedFeedImpaired", scene.name).await;
        unloaded.store(false, Ordering::Relaxed);
        prometheus.clears("SurgedFeedImpaired", scene.name).await;
    };
    tokio::select! {
        () = answer(&listener, &unloaded) => {}
        () = story => {}
    }
}

/// Answers one connection after the other, for ever.
async fn answer(listener: &TcpListener, unloaded: &AtomicBool) {
    let mut pbx = PhoneSystem::with_queues(&["inbound"]);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        pbx.connected();
        // It ends when the other side has gone.
        let _ = speak(stream, &mut pbx, unloaded).await;
    }
}

async fn speak(mut stream: TcpStream, pbx: &mut PhoneSystem, unloaded: &AtomicBool) -> std::io::Result<()> {
    stream.write_all(b"Asterisk Call Manager/11.0.0\r\n").await?;
    let mut came = Vec::new();
    loop {
        if stream.read_buf(&mut came).await? == 0 {
            return Ok(());
        }
        while let Some(end) = came.windows(4).position(|it| it == b"\r\n\r\n") {
            let action = String::from_utf8_lossy(&came[..end]).into_owned();
            came.drain(..end + 4);
            pbx.unloaded = unloaded.load(Ordering::Relaxed);
            let now = Time(jiff::Timestamp::now().as_millisecond());
            if let Some(reply) = pbx.answer(now, &action) {
                stream.write_all(reply.as_bytes()).await?;
            }
            if pbx.login == Login::Asked {
                pbx.login = Login::Done;
                stream.write_all(LET_IN).await?;
            }
        }
    }
}
