//! A file that rows are appended to.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::{Compression, GzBuilder, write::GzEncoder};

/// One export while it is written.
#[derive(Debug)]
pub struct Export {
    /// Bytes not yet handed on; append rows here, then call [`Export::row`].
    pub bytes: Vec<u8>,
    sink: Sink,
    /// Rows so far.
    pub rows: u64,
}

#[derive(Debug)]
enum Sink {
    Plain(File),
    Gzip(Box<GzEncoder<File>>),
}

impl Export {
    /// Creates the file; a name that ends in `.gz` is compressed.
    pub fn create(dir: &Path, name: &str, header: &str) -> io::Result<Self> {
        let file = File::create(dir.join(name))?;
        let sink = if name.ends_with(".gz") {
            Sink::Gzip(Box::new(GzBuilder::new().mtime(0).write(file, Compression::best())))
        } else {
            Sink::Plain(file)
        };
        Ok(Self { bytes: header.as_bytes().to_vec(), sink, rows: 0 })
    }

    /// Ends a row.
    pub fn row(&mut self) -> io::Result<()> {
        self.rows += 1;
        if self.bytes.len() >= 1 << 20 { self.flush() } else { Ok(()) }
    }

    /// Writes what is left and closes the file.
    pub fn finish(mut self) -> io::Result<u64> {
        self.flush()?;
        if let Sink::Gzip(encoder) = self.sink {
            encoder.finish()?;
        }
        Ok(self.rows)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Plain(file) => file.write_all(&self.bytes)?,
            Sink::Gzip(encoder) => encoder.write_all(&self.bytes)?,
        }
        self.bytes.clear();
        Ok(())
    }
}
