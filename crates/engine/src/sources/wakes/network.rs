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
    bytes: Vec<u8>,
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
            bytes: vec![0; LONGEST],
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
        let Self { socket, known, bytes } = self;
        loop {
            let mut ready = socket.readable().await?;
            let read = ready.try_io(|socket| Ok(recv(socket.get_ref(), bytes.as_mut_slice(), RecvFlags::empty())?));
            let Ok(read) = read else { continue };
            return match read {
                Ok((_, length)) => Ok(known.hear(bytes.get(..length).unwrap_or(bytes))),
                // More came than was read in time: something did change.
                Err(error) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
                Err(error) => Err(error),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rustix::net::{SendFlags, send};

    use super::*;

    /// Set in the copy of this test that has a network of its own.
    const INSIDE: &str = "DIALDECK_TEST_OWN_NETWORK";
    const NAME: &str = "sources::wakes::network::tests::a_link_that_comes_up_and_an_address_that_is_added_are_heard_of";
    const ENOUGH: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_link_that_comes_up_and_an_address_that_is_added_are_heard_of() {
        if std::env::var_os(INSIDE).is_none() {
            return again_with_a_network_of_its_own();
        }
        let mut network = Network::open().unwrap();
        assert!(
            tokio::time::timeout(BURST, network.changed()).await.is_err(),
            "nothing yet"
        );
        // The loopback link: index 1, up.
        let mut up = vec![0; 4];
        for word in [1_u32, 1, 1] {
            up.extend(word.to_ne_bytes());
        }
        order(16, 0, &up);
        tokio::time::timeout(ENOUGH, network.changed())
            .await
            .expect("the link")
            .unwrap();
        // 192.0.2.7/32 on it.
        let mut address = vec![2, 32, 0, 0, 1, 0, 0, 0];
        for kind in [2_u16, 1] {
            address.extend(8_u16.to_ne_bytes());
            address.extend(kind.to_ne_bytes());
            address.extend([192, 0, 2, 7]);
        }
        order(20, 0x600, &address);
        tokio::time::timeout(ENOUGH, network.changed())
            .await
            .expect("the address")
            .unwrap();
    }

    /// Runs this test once more where it may change what it likes.
    fn again_with_a_network_of_its_own() {
        let apart = || {
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--net"]);
            command
        };
        if !apart().arg("true").status().is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: this system gives no network of one's own (unshare --user --net)");
            return;
        }
        let inside = apart()
            .arg(std::env::current_exe().unwrap())
            .args([NAME, "--exact", "--nocapture"])
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&inside.stdout);
        assert!(
            inside.status.success(),
            "{told}{}",
            String::from_utf8_lossy(&inside.stderr)
        );
        assert!(told.contains("1 passed"), "{told}");
    }

    /// Orders a change of the kernel, which says whether it was made.
    fn order(kind: u16, flags: u16, body: &[u8]) {
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None).unwrap();
        bind(&socket, &SocketAddrNetlink::new(0, 0)).unwrap();
        let mut message = u32::try_from(16 + body.len()).unwrap().to_ne_bytes().to_vec();
        message.extend(kind.to_ne_bytes());
        // To be done, and to be answered.
        message.extend((flags | 0x1 | 0x4).to_ne_bytes());
        message.extend([0; 8]);
        message.extend(body);
        send(&socket, &message, SendFlags::empty()).unwrap();
        let mut answer = [0_u8; 1_024];
        let (_, length) = recv(&socket, &mut answer[..], RecvFlags::empty()).unwrap();
        let code = i32::from_ne_bytes(answer[16..20].try_into().unwrap());
        assert!(length >= 20 && code == 0, "the kernel refuses: {code}");
    }
}
