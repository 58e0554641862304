//! What erasures leave in the output folder: the key, the list of keyed hashes, the receipts.
//!
//! ```text
//! out/
//!   secret.key              64 hexadecimal digits, for its owner alone
//!   erasure/erased.txt      what must not come back, as keyed hashes
//!   erasure/receipts/000001.json
//! ```

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::disk::{fault, private_folder};
use crate::erasure::{Erased, Secret};
use crate::problem::{Problem, Result};
use crate::publish::output::OutputFile;

/// The list's place in the output folder.
pub const LIST: &str = "erasure/erased.txt";
/// The receipts' place in the output folder.
pub const RECEIPTS: &str = "erasure/receipts";
const KEY: &str = "secret.key";

/// The output folder's key; none = there is none yet.
///
/// # Errors
/// It cannot be read, or is no key.
pub fn secret(out: &Path) -> Result<Option<Secret>> {
    let path = out.join(KEY);
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(&path, "read", &error, 0)),
        Ok(text) => Secret::parse(&text).map(Some).ok_or_else(|| {
            let fix = "restore it from a backup; without it nobody who was erased is recognized";
            Problem::file(path.display().to_string(), None, "is no key of 64 hexadecimal digits", fix)
        }),
    }
}

/// The output folder's key, made where there is none. Whoever calls has the folder's lock.
pub fn make_secret(out: &Path) -> Result<Secret> {
    if let Some(secret) = secret(out)? {
        return Ok(secret);
    }
    if out.join(LIST).exists() {
        return Err(no_key(out)); // a new key would let everybody back in
    }
    let path = out.join(KEY);
    let secret = Secret::of_chance(&chance().map_err(|error| fault(&path, "create", &error, 0))?);
    private_folder(out).map_err(|error| fault(out, "create", &error, 0))?;
    let next = out.join(format!(".{KEY}-next"));
    let mut file = OutputFile::create(&next)?;
    file.write_all(format!("{}\n", secret.text()).as_bytes()).map_err(|error| file.explain(&error))?;
    file.finish()?;
    fs::rename(&next, &path).map_err(|error| fault(&path, "create", &error, 0))?;
    Ok(secret)
}

/// Bytes that nobody can guess, from the system.
fn chance() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if cfg!(unix) {
        fs::File::open("/dev/urandom")?.take(64).read_to_end(&mut bytes)?;
    }
    // Every thread's first hash map asks the system for 128 bits of its own.
    for _ in 0..4 {
        use std::hash::{BuildHasher, RandomState};
        let halves = std::thread::spawn(|| {
            let state = RandomState::new();
            [state.hash_one(0u8), state.hash_one(1u8)]
        });
        let halves = halves.join().map_err(|_| io::Error::other("no thread"))?;
        bytes.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
    }
    Ok(bytes)
}

/// What was erased from this output folder; none = nothing ever was.
///
/// # Errors
/// The list or its key cannot be read: a run must not go on, or everybody who was erased would come back.
pub fn erased(out: &Path) -> Result<Option<Erased>> {
    let path = out.join(LIST);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(&path, "read", &error, 0)),
        Ok(text) => text,
    };
    let secret = secret(out)?.ok_or_else(|| no_key(out))?;
    Erased::parse(&secret, &text).map(Some).map_err(|line| {
        let fix = "restore it from a backup; without it everybody who was erased would come back";
        Problem::file(path.display().to_string(), Some(line as u64), "is no row of domain, reading, bits and hash", fix)
    })
}

fn no_key(out: &Path) -> Problem {
    let fix = "restore it from a backup; without it everybody who was erased would come back";
    let what = format!("the key that {LIST} was made with is gone");
    Problem::file(out.join(KEY).display().to_string(), None, what, fix)
}

/// The number of the next receipt.
pub fn next_receipt(out: &Path) -> Result<u64> {
    let folder = out.join(RECEIPTS);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(1),
        entries => entries.map_err(|error| fault(&folder, "read", &error, 0))?,
    };
    let number = |entry: fs::DirEntry| entry.path().file_stem()?.to_str()?.parse::<u64>().ok();
    Ok(entries.filter_map(|entry| number(entry.ok()?)).max().unwrap_or(0) + 1)
}
