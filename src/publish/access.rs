//! Who besides their owner may read published runs.

use std::path::Path;

use crate::config::Readers;
use crate::problem::Result;

/// Files of a run that stay with their owner whatever is said: record ids and person ids as they are, where everything
/// else is pseudonyms.
pub const KEPT_CLOSE: [&str; 2] = ["crosswalk", "moves"];

/// Gives the readers access to a staged run, and to the folders in which it will stand; `close` tells files that stay
/// with their owner, by their names without ending.
#[cfg(unix)]
pub fn grant(out: &Path, run: &Path, readers: Readers, close: &[&str]) -> Result<()> {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::output::fault;

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
        let unread = |error| fault(&next, "read", &error, 0);
        for entry in fs::read_dir(&next).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            match path.is_dir() {
                true => folders.push(path),
                false if close.contains(&name) => {}
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
