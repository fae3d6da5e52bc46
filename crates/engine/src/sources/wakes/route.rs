//! Reads what the kernel tells of links, addresses and routes, and whether it is news.
//!
//! Much is told again although nothing changed: each look round of a wireless card tells its link, each announcement of a
//! router an address. Only what is other than before counts.

use std::collections::{BTreeMap, BTreeSet};

/// Kinds of messages, as `rtnetlink(7)` numbers them.
const NEW_LINK: u16 = 16;
const DEL_LINK: u16 = 17;
const NEW_ADDRESS: u16 = 20;
const DEL_ADDRESS: u16 = 21;
const NEW_ROUTE: u16 = 24;
const DEL_ROUTE: u16 = 25;

/// Of a link's flags: up, running, with a signal on the line.
const WORKS: u32 = 0x1 | 0x40 | 0x1_0000;

/// Attributes of an address: what it is, and what the near end of a line between two is.
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;

const HEADER: usize = 16;
const ADDRESS_HEADER: usize = 8;

/// What of the network is known from what was told.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// A link's working flags by its index.
    links: BTreeMap<u32, u32>,
    /// Addresses: the link's index and the attributes that name it.
    addresses: BTreeSet<(u32, Vec<u8>)>,
}

impl Known {
    /// Takes one datagram; whether anything in it is other than before.
    pub(super) fn hear(&mut self, datagram: &[u8]) -> bool {
        let mut news = false;
        let mut rest = datagram;
        while let Some((kind, body, next)) = message(rest) {
            news |= self.take(kind, body).unwrap_or(false);
            rest = next;
        }
        news
    }

    fn take(&mut self, kind: u16, body: &[u8]) -> Option<bool> {
        Some(match kind {
            NEW_LINK => {
                let (index, flags) = (word(body, 4)?, word(body, 8)? & WORKS);
                self.links.insert(index, flags) != Some(flags)
            }
            DEL_LINK => {
                self.links.remove(&word(body, 4)?);
                true
            }
            NEW_ADDRESS => self.addresses.insert(address(body)?),
            DEL_ADDRESS => {
                self.addresses.remove(&address(body)?);
                true
            }
            // Of routes only the one to everywhere: its prefix is of no length.
            NEW_ROUTE | DEL_ROUTE => *body.get(1)? == 0 && body.len() >= 12,
            _ => false,
        })
    }
}

/// The first message: its kind, its body, and what follows it.
fn message(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let length = usize::try_from(word(bytes, 0)?).ok()?;
    let body = bytes.get(HEADER..length)?;
    Some((half(bytes, 4)?, body, bytes.get(padded(length)..).unwrap_or_default()))
}

/// What names an address: the same words at each telling, while what says how long it is good for is left out.
fn address(body: &[u8]) -> Option<(u32, Vec<u8>)> {
    let index = word(body, 4)?;
    let mut name = Vec::new();
    let mut rest = body.get(ADDRESS_HEADER..)?;
    while let (Some(length), Some(kind)) = (half(rest, 0), half(rest, 2)) {
        let length = usize::from(length);
        rest.get(4..length)?;
        if kind == ADDRESS || kind == LOCAL {
            name.extend_from_slice(rest.get(..length)?);
        }
        rest = rest.get(padded(length)..).unwrap_or_default();
    }
    Some((index, name))
}

const fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = HEADER + body.len();
        let mut bytes = u32::try_from(length).unwrap().to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        bytes.resize(padded(length), 0);
        bytes
    }

    fn link(index: u32, flags: u32) -> Vec<u8> {
        let mut body = vec![0; 4];
        body.extend(index.to_ne_bytes());
        body.extend(flags.to_ne_bytes());
        body.extend([0; 4]);
        body
    }

    fn ipv4(index: u32, address: [u8; 4], good_for: u32) -> Vec<u8> {
        let mut body = vec![2, 24, 0, 0];
        body.extend(index.to_ne_bytes());
        for (kind, value) in [(ADDRESS, address), (6, good_for.to_ne_bytes())] {
            body.extend(8_u16.to_ne_bytes());
            body.extend(kind.to_ne_bytes());
            body.extend(value);
        }
        body
    }

    fn route(prefix: u8) -> Vec<u8> {
        let mut body = vec![0; 12];
        body[1] = prefix;
        body
    }

    #[test]
    fn a_link_that_is_told_again_as_it_was_is_no_news() {
        let mut known = Known::default();
        assert!(known.hear(&told(NEW_LINK, &link(3, 0x1_0043))));
        assert!(!known.hear(&told(NEW_LINK, &link(3, 0x1_0043))));
        // Listening to everything that passes changes no way out.
        assert!(!known.hear(&told(NEW_LINK, &link(3, 0x1_0143))));
        assert!(known.hear(&told(NEW_LINK, &link(3, 0x3))), "its signal is gone");
        assert!(known.hear(&told(DEL_LINK, &link(3, 0x3))));
    }

    #[test]
    fn an_address_that_is_only_good_for_longer_is_no_news() {
        let mut known = Known::default();
        assert!(known.hear(&told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 7], 600))));
        assert!(!known.hear(&told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 7], 1_200))));
        assert!(known.hear(&told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 8], 600))));
        assert!(known.hear(&told(DEL_ADDRESS, &ipv4(3, [192, 0, 2, 7], 0))));
        assert!(known.hear(&told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 7], 600))));
    }

    #[test]
    fn of_routes_only_the_one_to_everywhere_is_news() {
        let mut known = Known::default();
        assert!(!known.hear(&told(NEW_ROUTE, &route(24))));
        assert!(known.hear(&told(NEW_ROUTE, &route(0))));
        assert!(known.hear(&told(DEL_ROUTE, &route(0))));
    }

    #[test]
    fn every_message_of_a_datagram_is_heard() {
        let mut known = Known::default();
        known.hear(&told(NEW_LINK, &link(3, 1)));
        let both = [
            told(NEW_LINK, &link(3, 1)),
            told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 7], 1)),
        ]
        .concat();
        assert!(known.hear(&both));
    }

    #[test]
    fn what_is_cut_off_anywhere_is_no_reason_to_stop() {
        let whole = [
            told(NEW_ADDRESS, &ipv4(3, [192, 0, 2, 7], 1)),
            told(NEW_LINK, &link(3, 1)),
            told(NEW_ROUTE, &route(0)),
        ]
        .concat();
        for end in 0..whole.len() {
            Known::default().hear(&whole[..end]);
            let mut changed = whole.clone();
            for byte in [0, 1, 255] {
                changed[end] = byte;
                Known::default().hear(&changed);
            }
        }
    }
}
