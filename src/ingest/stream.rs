//! From a file's bytes to plain UTF-8 text: counted and fingerprinted as they are, unpacked, decoded, the byte-order
//! mark taken off. All of it streams.

use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

use encoding_rs::{DecoderResult, Encoding, UTF_8};
use xxhash_rust::xxh3::Xxh3;

const BLOCK: usize = 256 << 10;

/// How a file is packed; seen from its first bytes, so a wrong name does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstandard,
}

impl Packing {
    /// What messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "file",
            Self::Gzip => "gzip stream",
            Self::Zstandard => "Zstandard stream",
        }
    }
}

/// Size and fingerprint of the bytes read so far.
#[derive(Clone)]
pub(super) struct Tally(Rc<RefCell<(u64, Xxh3)>>);

impl Tally {
    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.0.borrow().0
    }

    /// XXH3-128 of the bytes so far, hexadecimal.
    pub fn fingerprint(&self) -> String {
        format!("{:032x}", self.0.borrow().1.digest128())
    }
}

/// Counts and fingerprints a whole file.
pub(super) fn tally(file: impl Read) -> io::Result<Tally> {
    let tally = Tally(Rc::new(RefCell::new((0, Xxh3::new()))));
    let mut tallied = Tallied { inner: file, tally: tally.clone(), progress: &|_| {} };
    let mut buffer = vec![0; BLOCK];
    while tallied.read(&mut buffer)? > 0 {}
    Ok(tally)
}

/// Counts and fingerprints what passes; `progress` gets the length of every block.
struct Tallied<'a, R> {
    inner: R,
    tally: Tally,
    progress: &'a dyn Fn(u64),
}

impl<R: Read> Read for Tallied<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let mut tally = self.tally.0.borrow_mut();
        tally.0 += length as u64;
        tally.1.update(&buffer[..length]);
        (self.progress)(length as u64);
        Ok(length)
    }
}

/// An unpacked stream of bytes.
pub(super) struct Unpacked<'a> {
    /// The bytes.
    pub bytes: Box<dyn Read + 'a>,
    /// How they were packed.
    pub packing: Packing,
    /// Size and fingerprint of what was read of the file itself.
    pub tally: Tally,
}

/// Counts, fingerprints and unpacks a file.
pub(super) fn unpack<'a>(file: impl Read + 'a, progress: &'a dyn Fn(u64)) -> io::Result<Unpacked<'a>> {
    let tally = Tally(Rc::new(RefCell::new((0, Xxh3::new()))));
    let tallied = Tallied { inner: file, tally: tally.clone(), progress };
    let (head, rest) = peek::<4>(tallied)?;
    let (bytes, packing): (Box<dyn Read + 'a>, _) = if head.starts_with(&[0x1f, 0x8b]) {
        let input = BufReader::with_capacity(BLOCK, rest);
        (Box::new(flate2::bufread::MultiGzDecoder::new(input)), Packing::Gzip)
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let input = BufReader::with_capacity(BLOCK, rest);
        (Box::new(zstd::stream::read::Decoder::with_buffer(input)?), Packing::Zstandard)
    } else {
        (Box::new(rest), Packing::Plain)
    };
    Ok(Unpacked { bytes, packing, tally })
}

/// The first bytes of a stream, and the whole stream again.
fn peek<const N: usize>(mut stream: impl Read) -> io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::with_capacity(N);
    stream.by_ref().take(N as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(stream)))
}

/// A stream as plain UTF-8 text without a byte-order mark: that mark decides what it is in, else `declared`, else UTF-8.
/// Bytes that are not of the encoding come out as bytes that are not UTF-8, so that their row shows it.
pub(super) fn decode<'a>(bytes: impl Read + 'a, declared: Option<&'static Encoding>) -> io::Result<Box<dyn Read + 'a>> {
    let (head, rest) = peek::<3>(bytes)?;
    let (encoding, mark) = Encoding::for_bom(&head).unwrap_or((declared.unwrap_or(UTF_8), 0));
    let mut rest = rest;
    rest.by_ref().take(mark as u64).read_to_end(&mut Vec::new())?;
    Ok(if encoding == UTF_8 {
        Box::new(rest)
    } else {
        Box::new(Decoded {
            inner: rest,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: Vec::with_capacity(BLOCK),
            output: Vec::with_capacity(BLOCK),
            given: 0,
            ended: false,
        })
    })
}

struct Decoded<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    /// Decoded text, of which `given` bytes were handed out.
    output: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    fn refill(&mut self) -> io::Result<()> {
        self.input.clear();
        self.ended = self.inner.by_ref().take(BLOCK as u64).read_to_end(&mut self.input)? < BLOCK;
        self.output.clear();
        self.given = 0;
        let mut read = 0;
        loop {
            let written = self.output.len();
            let room = self.decoder.max_utf8_buffer_length_without_replacement(self.input.len() - read);
            self.output.resize(written + room.unwrap_or(4 * BLOCK), 0);
            let (result, consumed, produced) = self.decoder.decode_to_utf8_without_replacement(
                &self.input[read..],
                &mut self.output[written..],
                self.ended,
            );
            read += consumed;
            self.output.truncate(written + produced);
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.output.push(0xff), // never part of UTF-8
            }
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let length = buffer.len().min(self.output.len() - self.given);
        buffer[..length].copy_from_slice(&self.output[self.given..self.given + length]);
        self.given += length;
        Ok(length)
    }
}

/// Text whose lines end in carriage returns alone, with line feeds instead.
pub(super) struct CarriageReturns<R> {
    inner: R,
    /// Whether the last byte was a carriage return; a line feed behind it is part of it.
    behind: bool,
}

impl<R: Read> CarriageReturns<R> {
    /// Turns `\r` and `\r\n` into `\n`.
    pub fn new(inner: R) -> Self {
        Self { inner, behind: false }
    }
}

impl<R: Read> Read for CarriageReturns<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.inner.read(buffer)?;
            let mut kept = 0;
            for at in 0..length {
                let byte = buffer[at];
                if byte == b'\n' && self.behind {
                    self.behind = false;
                    continue;
                }
                self.behind = byte == b'\r';
                buffer[kept] = if self.behind { b'\n' } else { byte };
                kept += 1;
            }
            if kept > 0 || length == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn text(file: &[u8], declared: Option<&str>) -> io::Result<Vec<u8>> {
        let declared = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
        let unpacked = unpack(file, &|_| {})?;
        let mut text = Vec::new();
        decode(unpacked.bytes, declared)?.read_to_end(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    #[test]
    fn packed_files_are_unpacked_whatever_their_name() {
        let plain = "a,b\n1,2\n".as_bytes();
        let twice = [gzip(plain), gzip(b"3,4\n")].concat();
        assert_eq!(text(&twice, None).expect("sound"), b"a,b\n1,2\n3,4\n");
        let packed = zstd::encode_all(plain, 0).expect("memory takes it");
        assert_eq!(text(&packed, None).expect("sound"), plain);
        assert_eq!(text(plain, None).expect("sound"), plain);
    }

    #[test]
    fn a_packed_file_that_was_cut_off_is_an_error() {
        let plain = "a,b\n1,2\n".repeat(1000);
        let gz = gzip(plain.as_bytes());
        assert!(text(&gz[..gz.len() - 9], None).is_err());
        let zst = zstd::encode_all(plain.as_bytes(), 0).expect("memory takes it");
        assert!(text(&zst[..zst.len() - 5], None).is_err());
    }

    #[test]
    fn the_byte_order_mark_decides_and_is_taken_off() {
        let utf16: Vec<u8> = "\u{feff}é,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&utf16, Some("windows-1252")).expect("sound"), "é,b\n".as_bytes());
        let utf16: Vec<u8> = "\u{feff}é,b\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&utf16, None).expect("sound"), "é,b\n".as_bytes());
        assert_eq!(text("\u{feff}é".as_bytes(), None).expect("sound"), "é".as_bytes());
        assert_eq!(text(b"caf\xe9 \x80", Some("windows-1252")).expect("sound"), "café €".as_bytes());
    }

    #[test]
    fn half_a_character_does_not_pass_for_text() {
        let mut utf16: Vec<u8> = "\u{feff}a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        utf16.extend([0x00, 0xd8, b'x', 0, b'y']);
        assert_eq!(text(&utf16, None).expect("sound"), b"a,b\n\xffx\xff");
    }

    #[test]
    fn the_fingerprint_is_of_the_file_itself() {
        let gz = gzip(b"a\n1\n");
        let blocks = std::cell::Cell::new(0);
        let progress = |length| blocks.set(blocks.get() + length);
        let mut unpacked = unpack(&gz[..], &progress).expect("sound");
        io::copy(&mut unpacked.bytes, &mut io::sink()).expect("sound");
        assert_eq!(unpacked.tally.bytes(), gz.len() as u64);
        assert_eq!(blocks.get(), gz.len() as u64);
        assert_eq!(unpacked.tally.fingerprint(), format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&gz)));
    }

    #[test]
    fn carriage_returns_become_line_feeds_wherever_blocks_end() {
        for block in 1..5 {
            let pieces = "a,b\r1,2\r\n3,4\r".as_bytes().chunks(block).map(Cursor::new);
            let whole = pieces.fold(Box::new(io::empty()) as Box<dyn Read>, |all, piece| Box::new(all.chain(piece)));
            let mut text = String::new();
            CarriageReturns::new(whole).read_to_string(&mut text).expect("sound");
            assert_eq!(text, "a,b\n1,2\n3,4\n");
        }
    }
}
