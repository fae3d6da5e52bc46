//! One connection as the server holds it, with or without TLS.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::authority::Authority;
use super::behavior::{Behavior, Carrier, Stage};

const H1: &[u8] = b"http/1.1";
const H2: &[u8] = b"h2";

/// The server's certificate, and what it offers to speak below TLS.
pub struct Tls {
    h1: TlsAcceptor,
    both: TlsAcceptor,
    h2_only: TlsAcceptor,
}

impl Tls {
    /// # Errors
    /// No certificate can be made.
    pub fn new(authority: &Authority) -> anyhow::Result<Arc<Self>> {
        let (certificate, key) = authority.sound()?;
        let acceptor = |offers: &[&[u8]]| -> anyhow::Result<TlsAcceptor> {
            let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_single_cert(vec![certificate.clone()], key.clone_key())?;
            config.alpn_protocols = offers.iter().map(|offer| offer.to_vec()).collect();
            Ok(TlsAcceptor::from(Arc::new(config)))
        };
        Ok(Arc::new(Self {
            h1: acceptor(&[H1])?,
            both: acceptor(&[H2, H1])?,
            h2_only: acceptor(&[H2])?,
        }))
    }
}

pub(super) enum Line {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Line {
    /// Errors: the client does not get through TLS.
    pub(super) async fn open(mut stream: TcpStream, behavior: &Behavior, tls: &Tls) -> Result<Self> {
        // An answer in small pieces leaves in small pieces.
        stream.set_nodelay(true)?;
        let acceptor = match behavior.carrier {
            Carrier::Plain => return Ok(Self::Plain(stream)),
            Carrier::NoTls => {
                if behavior.stage != Stage::Nothing {
                    // The client's hello: what is left unread would make every end a reset.
                    let _some = stream.read(&mut [0; 4096]).await?;
                }
                return Ok(Self::Plain(stream));
            }
            Carrier::Tls => &tls.h1,
            Carrier::TlsH2 => &tls.both,
            Carrier::TlsH2Only => &tls.h2_only,
        };
        Ok(Self::Tls(Box::new(acceptor.accept(stream).await?)))
    }

    pub(super) fn speaks_h2(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.get_ref().1.alpn_protocol() == Some(H2),
        }
    }

    /// Errors: the connection is lost, or at its end.
    pub(super) async fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let count = match self {
            Self::Plain(stream) => stream.read(into).await?,
            Self::Tls(stream) => stream.read(into).await?,
        };
        if count == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        Ok(count)
    }

    pub(super) async fn say(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes).await,
            Self::Tls(stream) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// Past TLS.
    pub(super) async fn say_bare(&mut self, bytes: &[u8]) -> Result<()> {
        self.socket().write_all(bytes).await
    }

    pub(super) async fn close(&mut self) -> Result<()> {
        match self {
            Self::Plain(stream) => stream.shutdown().await,
            Self::Tls(stream) => stream.shutdown().await,
        }
    }

    pub(super) async fn cut(&mut self) -> Result<()> {
        self.socket().shutdown().await
    }

    /// What is to be reset is dropped next.
    pub(super) fn reset(&mut self) -> Result<()> {
        self.socket().set_zero_linger()
    }

    fn socket(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }
}
