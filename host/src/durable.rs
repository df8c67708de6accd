//! Files that are there whole or not at all, after a power cut too: written under another name, made
//! durable, and then renamed.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// What only the owner may read.
const SECRET: u32 = 0o600;
/// What others may read, as far as the umask lets them.
const PUBLIC: u32 = 0o666;

/// Writes a new file that only its owner may read.
///
/// # Errors
/// If the file exists already or cannot be written.
pub(crate) fn create_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    check_free(path)?;
    replace_secret(path, bytes)
}

/// Makes an empty file that only its owner may read, for who writes it otherwise.
///
/// # Errors
/// If it exists already, or cannot be made.
pub(crate) fn create_empty_secret(path: &Path) -> std::io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, SECRET);
    options.open(path)
}

/// Writes a new file that others may read.
///
/// # Errors
/// If the file exists already or cannot be written.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    check_free(path)?;
    replace(path, bytes)
}

/// Finds out whether [`create`] can write this file, before something is done that cannot be undone.
///
/// # Errors
/// If it exists already, or nothing can be written to its folder.
pub(crate) fn check_creatable(path: &Path) -> anyhow::Result<()> {
    check_free(path)?;
    let part = part(path);
    let _ = fs::remove_file(&part);
    fill(&part, b"", PUBLIC).with_context(|| format!("cannot write {}", path.display()))?;
    remove(&part)
}

fn check_free(path: &Path) -> anyhow::Result<()> {
    if path.symlink_metadata().is_ok() {
        bail!("{} exists already", path.display());
    }
    Ok(())
}

/// Writes a file that only its owner may read, in place of the one that is there.
///
/// # Errors
/// If it cannot be written; then the one that was there is there still.
pub(crate) fn replace_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write(path, bytes, SECRET)
}

/// Writes a file that others may read, in place of the one that is there.
///
/// # Errors
/// As [`replace_secret`].
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write(path, bytes, PUBLIC)
}

/// Gives a new file to whom the folder belongs, where that is somebody else: a command that root runs makes keys for
/// the server's user.
///
/// # Errors
/// If it may not.
pub(crate) fn give_to_owner_of(folder: &Path, file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let (of_folder, of_file) = (fs::metadata(folder)?, fs::metadata(file)?);
        let (user, group) = (of_folder.uid(), of_folder.gid());
        if user != of_file.uid() {
            let refused = || {
                format!("{} must belong to the owner of its folder; run this as that user", file.display())
            };
            chown(file, Some(user), Some(group)).with_context(refused)?;
        }
    }
    Ok(())
}

/// Gives a file of the same folder this name, in place of the one that has it.
///
/// # Errors
/// If the file system refuses.
pub(crate) fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot put {} into place", to.display()))?;
    sync_folder(parent(to))
}

/// Removes a file, if there is one of this name.
///
/// # Errors
/// If the file system refuses.
pub(crate) fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        done => done.with_context(|| format!("cannot remove {}", path.display()))?,
    }
    sync_folder(parent(path))
}

/// Makes durable what was made, renamed or removed in a folder.
///
/// # Errors
/// If the disk refuses.
pub(crate) fn sync_folder(path: &Path) -> anyhow::Result<()> {
    sync(path)
}

/// Makes durable all that is below a folder, and the folder. What goes away meanwhile needs it no more.
///
/// # Errors
/// If something cannot be read, or the disk refuses.
pub(crate) fn sync_tree(path: &Path) -> anyhow::Result<()> {
    let unreadable = || format!("cannot read {}", path.display());
    for entry in fs::read_dir(path).with_context(unreadable)? {
        let entry = entry.with_context(unreadable)?;
        match entry.file_type().with_context(unreadable)?.is_dir() {
            true => sync_tree(&entry.path())?,
            false => sync(&entry.path())?,
        }
    }
    sync(path)
}

/// Keeps others who do the same out of a folder, for as long as what is given lives.
///
/// # Errors
/// If somebody else is in it (the error is `taken`), or it cannot be opened.
pub(crate) fn lock_folder(path: &Path, taken: impl FnOnce() -> String) -> anyhow::Result<File> {
    let folder = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    match folder.try_lock() {
        // Where there are no locks, there is none to be had.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(folder),
        Err(TryLockError::WouldBlock) => bail!(taken()),
    }
}

fn sync(path: &Path) -> anyhow::Result<()> {
    match File::open(path).and_then(|file| file.sync_all()) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done.with_context(|| format!("cannot make {} durable", path.display())),
    }
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
    let part = part(path);
    // What an attempt left that was cut off.
    let _ = fs::remove_file(&part);
    let written = fill(&part, bytes, mode).with_context(|| format!("cannot write {}", path.display()));
    let placed = written.and_then(|()| rename(&part, path));
    if placed.is_err() {
        let _ = fs::remove_file(&part);
    }
    placed
}

fn fill(part: &Path, bytes: &[u8], mode: u32) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The name of a file until it is whole.
fn part(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        // As if the last attempt was cut off, with a file that others may read.
        fs::write(part(&path), "-----BEG").unwrap();
        create_secret(&path, b"one").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        #[cfg(unix)]
        assert_eq!(mode(&path), 0o600);
        assert!(create_secret(&path, b"two").is_err(), "a key is never overwritten");
        assert!(create(&path, b"two").is_err() && check_creatable(&path).is_err());
        assert!(check_creatable(&folder.path().join("missing/x")).is_err());
        check_creatable(&folder.path().join("other")).unwrap();
        replace(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_replaced_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "").unwrap();
        assert!(replace(&path, b"x").is_err());
        assert!(path.join("inside").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left");
    }
}
