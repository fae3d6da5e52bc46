//! Hears from the kernel when links, addresses or the way out change.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, timeout_at};

use super::route::Known;

/// What changes comes in bursts: a link, its addresses, its routes. They are told as one, so long after the first.
const BURST: Duration = Duration::from_millis(500);

/// Groups of `rtnetlink(7)`: links, addresses and routes of both families.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/// The kernel splits what is longer than a page; nothing that matters is in the part that would be cut off.
const LONGEST: usize = 16 * 1024;

/// An open ear for changes of the network.
pub(super) struct Network {
    socket: AsyncFd<OwnedFd>,
    known: Known,
}

impl Network {
    pub(super) fn open() -> io::Result<Self> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::RAW,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            // Routing is protocol 0 of the family.
            None,
        )?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        #[expect(deprecated, reason = "unsound only for what does not own its descriptor")]
        let socket = AsyncFd::new(socket)?;
        Ok(Self {
            socket,
            known: Known::default(),
        })
    }

    /// Waits for the next burst of changes, and for its end.
    pub(super) async fn changed(&mut self) -> io::Result<()> {
        while !self.hear().await? {}
        let end = Instant::now() + BURST;
        while let Ok(heard) = timeout_at(end, self.hear()).await {
            heard?;
        }
        Ok(())
    }

    /// Reads one datagram; whether it has news. Nothing is lost if this is given up.
    async fn hear(&mut self) -> io::Result<bool> {
        let mut bytes = [0; LONGEST];
        loop {
            let mut ready = self.socket.readable().await?;
            let read = ready.try_io(|socket| Ok(recv(socket.get_ref(), &mut bytes[..], RecvFlags::empty())?));
            let Ok(read) = read else { continue };
            return match read {
                Ok((_, length)) => Ok(self.known.hear(bytes.get(..length).unwrap_or(&bytes))),
                // More came than was read in time: something did change.
                Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
                Err(error) => Err(error),
            };
        }
    }
}
