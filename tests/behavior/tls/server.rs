//! Servers on this machine whose TLS has one flaw each.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use dialdeck_tests::hostile::{Authority, named};
use rcgen::{CertifiedIssuer, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::hostile::read_request;

/// A `ServerHello` of TLS 1.0 with a cipher of its time, as a server of its time answers.
const OLD_HELLO: &[u8] = &[
    0x16, 0x03, 0x01, 0x00, 0x2a, // handshake, TLS 1.0, 42 bytes
    0x02, 0x00, 0x00, 0x26, 0x03, 0x01, // server hello, 38 bytes, TLS 1.0
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, // 32 bytes that should be random
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
    0x00, 0x00, 0x2f, 0x00, // no session, AES128-SHA, no compression
];

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing: a request arrives and is answered with 503.
    None,
    Expired,
    NotYetValid,
    /// Of the authority that is trusted, for a host of another name.
    WrongHost,
    SelfSigned,
    /// Signed by an authority that nobody trusts.
    UnknownAuthority,
    /// May prove clients, and no server.
    WrongPurpose,
    /// Signed by the holder of a server's certificate, who was never allowed to sign.
    SignedByAServer,
    /// Answers in TLS 1.0.
    OldProtocol,
    /// Answers as if no TLS had been asked for.
    Plain,
    ClosesAtOnce,
}

impl Flaw {
    pub const ALL: [Self; 11] = [
        Self::None,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongHost,
        Self::SelfSigned,
        Self::UnknownAuthority,
        Self::WrongPurpose,
        Self::SignedByAServer,
        Self::OldProtocol,
        Self::Plain,
        Self::ClosesAtOnce,
    ];
}

/// The chain that a server of that flaw shows, and its key; none where it shows no certificate.
fn certified(authority: &Authority, flaw: Flaw) -> Result<Option<(Vec<CertificateDer<'static>>, KeyPair)>> {
    let key = KeyPair::generate()?;
    let mut params = named("Made-up server", &["127.0.0.1"])?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = match flaw {
        Flaw::OldProtocol | Flaw::Plain | Flaw::ClosesAtOnce => return Ok(None),
        Flaw::None => params.signed_by(&key, authority.issuer())?,
        Flaw::Expired => {
            (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
            params.signed_by(&key, authority.issuer())?
        }
        Flaw::NotYetValid => {
            (params.not_before, params.not_after) = (date_time_ymd(2200, 1, 1), date_time_ymd(2201, 1, 1));
            params.signed_by(&key, authority.issuer())?
        }
        Flaw::WrongHost => {
            params.subject_alt_names = named("", &["127.0.0.2", "another.example.test"])?.subject_alt_names;
            params.signed_by(&key, authority.issuer())?
        }
        Flaw::SelfSigned => params.self_signed(&key)?,
        Flaw::UnknownAuthority => params.signed_by(&key, Authority::new()?.issuer())?,
        Flaw::WrongPurpose => {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            params.signed_by(&key, authority.issuer())?
        }
        Flaw::SignedByAServer => {
            let middle = CertifiedIssuer::signed_by(params.clone(), KeyPair::generate()?, authority.issuer())?;
            let certificate = params.signed_by(&key, &middle)?;
            return Ok(Some((vec![certificate.der().clone(), middle.der().clone()], key)));
        }
    };
    Ok(Some((vec![certificate.der().clone()], key)))
}

fn acceptor(authority: &Authority, flaw: Flaw) -> Result<Option<TlsAcceptor>> {
    let Some((chain, key)) = certified(authority, flaw)? else {
        return Ok(None);
    };
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key.into())?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// A server with one flaw; it counts.
pub struct Server {
    pub flaw: Flaw,
    pub address: String,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

impl Server {
    pub async fn start(flaw: Flaw, authority: &Authority) -> Result<Self> {
        let acceptor = acceptor(authority, flaw)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("https://{}", listener.local_addr()?);
        let counts = Arc::new(Counts::default());
        let counted = counts.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                let (acceptor, counted) = (acceptor.clone(), counted.clone());
                tokio::spawn(async move {
                    // A client that turns away is what is wanted.
                    let _ = serve(stream, flaw, acceptor, &counted).await;
                });
            }
        });
        Ok(Self {
            flaw,
            address,
            counts,
            task,
        })
    }

    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// Requests that were read to their end.
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    flaw: Flaw,
    acceptor: Option<TlsAcceptor>,
    counts: &Counts,
) -> std::io::Result<()> {
    let Some(acceptor) = acceptor else {
        let mut hello = [0; 4096];
        let answer: &[u8] = match flaw {
            Flaw::OldProtocol => OLD_HELLO,
            Flaw::Plain => b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"success\":true}",
            Flaw::ClosesAtOnce
            | Flaw::None
            | Flaw::Expired
            | Flaw::NotYetValid
            | Flaw::WrongHost
            | Flaw::SelfSigned
            | Flaw::UnknownAuthority
            | Flaw::WrongPurpose
            | Flaw::SignedByAServer => return Ok(()),
        };
        // Whatever of the hello has come: it is answered in the same way.
        if stream.read(&mut hello).await? == 0 {
            return Ok(());
        }
        stream.write_all(answer).await?;
        // Until the client goes away.
        return stream.read(&mut hello).await.map(|_| ());
    };
    let mut stream = acceptor.accept(stream).await?;
    if read_request(&mut stream).await? {
        counts.requests.fetch_add(1, Ordering::SeqCst);
        let answer =
            b"HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        stream.write_all(answer).await?;
        stream.shutdown().await?;
    }
    Ok(())
}
