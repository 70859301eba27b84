//! The listener: connections in, with limits on how many, how slow and how long.

use super::bench::Benches;
use super::http::{Front, Peer, router};
use super::places::{Files, Places};
use super::tls::{Tls, TlsFault};
use super::{Floor, access, paper};
use crate::telemetry::names;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The most bytes of a request's head, and of a connection's read buffer.
const HEAD_BYTES: usize = 16 * 1024;
/// A connection that has not become a session by then is given up: else those who ask and never read would fill the floor.
const LIFE: Duration = Duration::from_secs(120);
/// The head of a request, and a TLS client's hello, are small: whoever takes longer holds a place that others need.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long a connection waits for a place.
const PLACE_WITHIN: Duration = Duration::from_secs(30);
/// After a failed accept, which is nearly always a lack of file descriptors.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// What the kernel keeps for a client that does not read; it takes twice that for its own needs. Left alone it would be above a megabyte
/// each, and it would be noticed so much later that somebody reads nothing.
const SEND_BUFFER: usize = 128 * 1024;
/// A lack of file descriptors is said this often.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// Why the floor cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The listener.
    #[error("the floor's address cannot be told: {0}")]
    Listener(#[from] std::io::Error),
}

/// Where connections come from: a port of this machine, or a simulation.
pub trait Listener: Send + Sync {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// The next one, and who it is from. May be dropped and called again.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;
    /// Where it listens.
    ///
    /// # Errors
    /// It cannot be told.
    fn local_addr(&self) -> io::Result<SocketAddr>;
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        // Frames are small and urgent.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER);
        Ok((stream, peer))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        TcpListener::local_addr(self)
    }
}

/// Serves the floor until cancelled, then lets every session take its leave (close 1001) within the grace period.
///
/// # Errors
/// Certificate files at fault.
pub async fn serve(listener: impl Listener, floor: Arc<Floor>, cancel: CancellationToken) -> Result<(), ServeFault> {
    let tls = floor.settings.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
    let local_only = access::is_local(listener.local_addr()?) && !floor.settings.behind_proxy;
    let tasks = TaskTracker::new();
    tasks.spawn(Arc::clone(&floor.hub).post_states(cancel.clone()));
    tasks.spawn(Arc::clone(&floor.access).watch(cancel.clone()));
    tasks.spawn(follow_tokens(Arc::clone(&floor), cancel.clone()));
    tasks.spawn(wake_sessions(Arc::clone(&floor), cancel.clone()));
    if let Some(path) = floor.settings.paper.clone() {
        let keep = paper::keep(Arc::clone(&floor), path, floor.settings.paper_language, cancel.clone());
        tasks.spawn(keep);
    }
    if let Some(tls) = &tls {
        tasks.spawn(Arc::clone(tls).watch(cancel.clone()));
    }
    let front = Front {
        floor: Arc::clone(&floor),
        local_only,
        cancel: cancel.clone(),
        sessions: tasks.clone(),
        benches: Arc::new(Benches::new(floor.hub.limits().benches)),
    };
    let files = Files::of_this_process();
    let grace = floor.hub.limits().grace;
    let connections = Connections {
        places: Arc::new(Places::new(floor.hub.limits(), floor.settings.behind_proxy, files)),
        files,
        router: router(front),
        tls,
        request: floor.hub.limits().request,
        cancel: cancel.clone(),
        tasks: tasks.clone(),
    };
    tokio::select! {
        biased;
        () = cancel.cancelled() => {}
        () = connections.accept(&listener) => {}
    }
    drop(listener);
    tasks.close();
    if timeout(grace, tasks.wait()).await.is_err() {
        tracing::warn!(left = tasks.len(), "connections did not end within the grace period");
    }
    Ok(())
}

/// Whose token is taken back, or has ended, is called no more.
async fn follow_tokens(floor: Arc<Floor>, cancel: CancellationToken) {
    let mut changes = floor.access.changes();
    loop {
        let (book, access) = (Arc::clone(&floor.book), Arc::clone(&floor.access));
        let kept = tokio::task::spawn_blocking(move || book.keep_of(|token| access.is_good(token))).await;
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            changed = changes.changed() => if changed.is_err() || kept.is_err() { return },
        }
    }
}

/// Sessions look whether their token is still good, and whether the floor ends, when they are woken.
async fn wake_sessions(floor: Arc<Floor>, cancel: CancellationToken) {
    let mut changes = floor.access.changes();
    loop {
        let ends = tokio::select! {
            biased;
            () = cancel.cancelled() => true,
            changed = changes.changed() => changed.is_err(),
        };
        floor.hub.nudge();
        if ends {
            return;
        }
    }
}

struct Connections {
    places: Arc<Places>,
    files: Files,
    router: axum::Router,
    tls: Option<Arc<Tls>>,
    request: Duration,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Connections {
    async fn accept(&self, listener: &impl Listener) {
        let mut said = None;
        let mut short_of_files = move |words: String| {
            metrics::counter!(names::FLOOR_DROPPED, "reason" => "no_files").increment(1);
            let now = Instant::now();
            if said.is_none_or(|said: Instant| now - said >= SAID_EVERY) {
                said = Some(now);
                tracing::error!("{words}");
            }
        };
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(fault) => {
                    match Files::run_out(&fault) {
                        true => short_of_files(self.files.words()),
                        false => tracing::warn!(%fault, "a connection could not be accepted"),
                    }
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            // Each connection and each session is one of these tasks.
            if self.tasks.len() >= self.files.for_floor() {
                short_of_files(self.files.words());
                continue;
            }
            let connection = self.connection(stream, peer);
            let (places, cancel) = (Arc::clone(&self.places), self.cancel.clone());
            self.tasks.spawn(async move {
                let place = tokio::select! {
                    biased;
                    () = cancel.cancelled() => return,
                    place = places.take(peer.ip(), PLACE_WITHIN) => place,
                };
                let Some(place) = place else {
                    metrics::counter!(names::FLOOR_DROPPED, "reason" => "too_many_connections").increment(1);
                    return;
                };
                connection.await;
                drop(place);
            });
        }
    }

    /// Speaks TLS if need be, then HTTP, until the peer is done or has become a session.
    fn connection<S>(&self, stream: S, peer: SocketAddr) -> impl Future<Output = ()> + Send + use<S>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.call(request)
        });
        let acceptor = self.tls.as_ref().map(|tls| tls.acceptor());
        let (request, cancel) = (self.request, self.cancel.clone());
        async move {
            match acceptor {
                None => speak(stream, service, request, cancel).await,
                Some(acceptor) => match timeout(request.min(HEAD_WITHIN), acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => speak(stream, service, request, cancel).await,
                    Ok(Err(fault)) => tracing::debug!(%peer, %fault, "no TLS"),
                    Err(_) => tracing::debug!(%peer, "no TLS in time"),
                },
            }
        }
    }
}

async fn speak<S>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: S,
    request: Duration,
    cancel: CancellationToken,
) where
    S: Service<Request<Incoming>, Response = axum::response::Response, Error = Infallible, Future: Send>,
{
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(request.min(HEAD_WITHIN))
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        biased;
        _ = &mut connection => return,
        () = cancel.cancelled() => {}
        () = tokio::time::sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(request, connection).await;
}
