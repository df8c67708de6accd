//! Accepting connections, and stopping without cutting anybody off.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::connections::{Connection, Connections, Place};
use crate::config::Server;
use crate::signals::Signals;

/// Headers with the URL: GET requests carry a whole SCEP message there (16 KiB and more).
const MAX_HEAD_BYTES: usize = 128 << 10;
/// Time for a client to send its head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// A pause after the system refused a connection, out of file descriptors for one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How the server came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// Requests under way were finished, or had their time.
    Drained,
    /// A second signal came meanwhile.
    CutOff,
}

/// Serves until SIGTERM or SIGINT, then drains until the next of them.
pub(super) async fn run(
    listener: TcpListener,
    router: Router,
    settings: &Server,
    signals: &mut Signals,
) -> Stopped {
    let connections = Connections::new(settings.max_connections);
    let graceful = GracefulShutdown::new();
    let signal = loop {
        tokio::select! {
            (stream, place) = accept(&listener, &connections) => {
                let connection = graceful.watch(serve(stream, &router, place.connection()));
                tokio::spawn(async move {
                    tokio::select! {
                        // Broken connections are the client's affair; its requests are in the log.
                        _ = connection => {}
                        () = place.is_needed() => {}
                    }
                });
            }
            signal = signals.next() => break signal,
        }
    };
    drop(listener);
    drain(graceful, signal, Duration::from_secs(settings.drain_seconds), signals).await
}

async fn accept(listener: &TcpListener, connections: &Connections) -> (TcpStream, Place) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                return (stream, connections.enter().await);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers the requests of a connection, each of which is told the connection.
fn serve(
    stream: TcpStream,
    router: &Router,
    connection: Connection,
) -> impl GracefulConnection<Output = hyper::Result<()>> + Send + use<> {
    let service = router.clone().map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(connection.clone());
        request
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
}

async fn drain(graceful: GracefulShutdown, signal: &str, limit: Duration, signals: &mut Signals) -> Stopped {
    let open = graceful.count();
    tracing::info!(signal, connections = open, "stopping: requests under way may finish");
    tokio::select! {
        () = graceful.shutdown() => Stopped::Drained,
        () = tokio::time::sleep(limit) => {
            tracing::warn!("some requests did not finish in time and were cut off");
            Stopped::Drained
        }
        signal = signals.next() => {
            tracing::warn!(signal, "asked to stop once more: requests under way were cut off");
            Stopped::CutOff
        }
    }
}
