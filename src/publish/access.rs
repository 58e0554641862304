//! Who besides their owner may read published runs.

use std::path::Path;

use crate::config::Readers;
use crate::problem::Result;

/// What of a run stays with its owner whatever is said, where everything else is pseudonyms: record ids as they are, and
/// the lists of audiences, which hold addresses. Files without ending; folders, with all that is in them, with `/`.
pub const KEPT_CLOSE: [&str; 3] = ["crosswalk", "moves", "audiences/"];

/// Gives the readers access to a staged run, and to the folders in which it will stand; `close` tells what stays with its
/// owner, written as [`KEPT_CLOSE`] is.
#[cfg(unix)]
pub fn grant(out: &Path, run: &Path, readers: Readers, close: &[&str]) -> Result<()> {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use crate::disk::{entries, fault};

    let (file, folder) = match readers {
        Readers::Owner => return Ok(()),
        Readers::Group => (0o640, 0o750),
        Readers::Everyone => (0o644, 0o755),
    };
    let set = |path: &Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode)).map_err(|error| fault(path, "change", &error, 0))
    };
    let mut folders = vec![run.to_owned()];
    while let Some(next) = folders.pop() {
        set(&next, folder)?;
        for path in entries(&next)? {
            let name = path.strip_prefix(run).unwrap_or(&path).with_extension("").display().to_string();
            match path.is_dir() {
                true if close.contains(&format!("{name}/").as_str()) => {}
                false if close.contains(&name.as_str()) => {}
                true => folders.push(path),
                false => set(&path, file)?,
            }
        }
    }
    set(&out.join("runs"), folder)?;
    set(out, folder)
}

/// Elsewhere than on Unix, folders say who reads what is in them.
#[cfg(not(unix))]
pub fn grant(_: &Path, _: &Path, _: Readers, _: &[&str]) -> Result<()> {
    Ok(())
}
