//! What the server says when it says something.

/// A yes in the words of every provider at once.
pub(super) const YES: &str = concat!(
    r#"{"success":true,"status":"success","message":"made up","call_id":"made-up-call","#,
    r#""data":{"sentSuccess":true,"notificationID":"made-up-push","result":"success","call_id":"made-up-call"}}"#
);

/// A whole answer with that body, whatever the status says.
pub(super) fn answer(status: u16, headers: &str) -> Vec<u8> {
    with_body(status, headers, YES.as_bytes())
}

pub(super) fn with_body(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 {status} Made up\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// A short text in gzip, stored as it is.
pub(super) fn gzip(text: &[u8]) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a stored block holds 64 KiB");
    let mut packed = GZIP_HEAD.to_vec();
    packed.push(1);
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(text);
    packed.extend(crc32(text).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

/// Sixty-four megabytes of spaces in some four hundred kilobytes of gzip.
///
/// One literal, then matches of 258 at distance one: thirteen bits each in the format's fixed code. The sum at the end
/// is not right: who gets that far has unpacked it all.
pub(super) fn gzip_bomb() -> Vec<u8> {
    const MATCHES: u32 = 64 * 1024 * 1024 / 258;
    let mut bits = Bits::default();
    bits.push(0b011, 3); // the last block, fixed code
    bits.push_code(0x30 + u32::from(b' '), 8);
    for _ in 0..MATCHES {
        bits.push_code(0b1100_0101, 8); // length 258
        bits.push_code(0, 5); // distance 1
    }
    bits.push_code(0, 7); // the end
    let mut packed = GZIP_HEAD.to_vec();
    packed.extend(bits.finish());
    packed.extend([0; 4]);
    packed.extend((1 + MATCHES * 258).to_le_bytes());
    packed
}

/// Bits in the order of the deflate format: the lowest of a byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.pending.to_le_bytes()[0]);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    /// Codes, unlike numbers, come with their highest bit first.
    fn push_code(&mut self, code: u32, count: u32) {
        self.push(code.reverse_bits() >> (32 - count), count);
    }

    fn finish(mut self) -> Vec<u8> {
        self.push(0, 7);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_of_gzip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn the_bomb_is_small() {
        assert!((100_000..600_000).contains(&gzip_bomb().len()));
    }
}
