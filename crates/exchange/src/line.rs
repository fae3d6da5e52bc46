//! Connections that can be cut in the middle of a request.
//!
//! A client must survive an exchange that reads its request and closes without a word. An HTTP handler can only
//! answer, so the switch sits below HTTP: cutting it makes the connection fail, and the server drops it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// Cuts the connection it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Scissors(Arc<Mutex<Option<oneshot::Sender<()>>>>);

impl Scissors {
    /// Scissors for what is no connection, and what tells that they cut.
    pub(crate) fn new() -> (Self, oneshot::Receiver<()>) {
        let (sender, cut) = oneshot::channel();
        (Self(Arc::new(Mutex::new(Some(sender)))), cut)
    }

    /// Closes the connection without an answer. The handler waiting on it is dropped with the connection.
    pub(crate) fn cut(&self) {
        if let Some(sender) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // The connection may have gone by itself.
            let _ = sender.send(());
        }
    }
}

pub(crate) struct CuttableListener(pub(crate) TcpListener);

impl Listener for CuttableListener {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let (scissors, cut) = Scissors::new();
        let cut = Some(cut);
        (Line { stream, cut, scissors }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().scissors.clone()
    }
}

pub(crate) struct Line {
    stream: TcpStream,
    cut: Option<oneshot::Receiver<()>>,
    scissors: Scissors,
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        // The server keeps reading while a handler works, to notice a client that leaves: that is where a cut shows.
        if let Some(cut) = &mut line.cut
            && Pin::new(cut).poll(context).is_ready()
        {
            line.cut = None;
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut line.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
