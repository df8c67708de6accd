//! A data folder, or a backup, in the making: beside its place under another name, until it is whole.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::{ambient, durable};

/// What comes after the data folder's own name, before the random part.
const MARK: &str = ".new-";
/// Characters of the random part.
const RANDOM: usize = 8;
/// All that is ever in such a folder. One with anything else in it is somebody else's.
const CONTENTS: [&str; 10] = [
    "seal.key",
    "seal.key.part",
    "keys",
    "cache",
    "sealwright.toml",
    "sealwright.toml.part",
    "store.sqlite",
    "authority.p12",
    "authority.p12.part",
    "inventory.sqlite",
];

/// A folder that is removed again unless it is finished.
pub(in crate::cli) struct Draft {
    path: PathBuf,
    finished: bool,
    /// Locked for as long as this lives: so the next `init` knows an abandoned one.
    _lock: File,
}

impl Draft {
    /// A sibling of `target`, so that a rename can put it into place.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub(in crate::cli) fn beside(target: &Path) -> anyhow::Result<Self> {
        let mut name = target.file_name().context("the data folder has no name")?.to_owned();
        name.push(format!("{MARK}{}", Base64UrlUnpadded::encode_string(&ambient::random::<6>())));
        let path = target.with_file_name(name);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        }
        create_private(&path)?;
        let lock = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        // Without locks (some network file systems) nothing that is abandoned is ever recognized.
        let _ = lock.try_lock();
        Ok(Self { path, finished: false, _lock: lock })
    }

    /// Where it is now.
    pub(in crate::cli) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes all of it durable, and only then puts it into place.
    ///
    /// # Errors
    /// If the disk refuses, or something has taken the place meanwhile.
    pub(in crate::cli) fn finish(mut self, target: &Path) -> anyhow::Result<()> {
        durable::sync_tree(&self.path)?;
        if target.symlink_metadata().is_ok() {
            bail!("{} was made by somebody else meanwhile", target.display());
        }
        fs::rename(&self.path, target)
            .with_context(|| format!("cannot put the new folder at {}", target.display()))?;
        self.finished = true;
        let parent = target.parent().unwrap_or(Path::new("/"));
        // The rename itself must be durable too.
        durable::sync_folder(parent).with_context(|| {
            format!(
                "{} is there, but may be lost in a power cut; remove it and run this again",
                target.display()
            )
        })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // A thread that is at work in there may add a file in between.
        for _ in 0..10 {
            if fs::remove_dir_all(&self.path).is_ok() || !self.path.exists() {
                return;
            }
        }
    }
}

/// Removes what runs of `init` for this folder left behind that were killed, and tells which.
///
/// # Errors
/// If one cannot be removed.
pub(in crate::cli) fn remove_abandoned(target: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let Some(entries) = target.parent().and_then(|parent| fs::read_dir(parent).ok()) else {
        return Ok(Vec::new());
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let abandoned: Vec<_> = paths.filter(|path| is_abandoned(path, target)).collect();
    for path in &abandoned {
        fs::remove_dir_all(path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(abandoned)
}

fn is_abandoned(path: &Path, target: &Path) -> bool {
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let (Some(found), Some(own)) = (name(path), name(target)) else {
        return false;
    };
    let random = found.strip_prefix(&own).and_then(|rest| rest.strip_prefix(MARK));
    random.is_some_and(|random| random.len() == RANDOM) && holds_nothing_else(path) && is_unlocked(path)
}

fn holds_nothing_else(path: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(path) else {
        return false;
    };
    entries.all(|entry| {
        let name = entry.map(|entry| entry.file_name()).unwrap_or_default();
        let name = name.to_string_lossy();
        CONTENTS.iter().any(|known| *known == name)
            || name.starts_with("store.sqlite-")
            || name.starts_with("inventory.sqlite-")
    })
}

fn is_unlocked(path: &Path) -> bool {
    File::open(path).is_ok_and(|folder| folder.try_lock().is_ok())
}

/// A folder that only its owner may enter.
///
/// # Errors
/// If it cannot be made.
pub(in crate::cli) fn create_private(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("cannot create {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_and_abandoned_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("ca");
        let at_work = Draft::beside(&target).unwrap();
        let make = |name: &str, file: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::write(path.join(file), "").unwrap();
            path
        };
        let killed = make("ca.new-AAAAAAAA", "seal.key");
        let kept = [
            make("ca.new-BBBBBBBB", "holiday.jpg"),
            make("ca.new-short", "seal.key"),
            make("other.new-AAAAAAAA", "seal.key"),
            at_work.path().to_owned(),
        ];
        assert_eq!(remove_abandoned(&target).unwrap(), std::slice::from_ref(&killed));
        assert!(!killed.exists());
        assert!(kept.iter().all(|path| path.exists()), "{kept:?}");
    }

    #[test]
    fn a_draft_ends_in_its_place_or_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("ca");
        let dropped = Draft::beside(&target).unwrap().path().to_owned();
        assert!(!dropped.exists());
        let draft = Draft::beside(&target).unwrap();
        fs::write(draft.path().join("seal.key"), "secret").unwrap();
        draft.finish(&target).unwrap();
        assert!(target.join("seal.key").exists());
        assert!(Draft::beside(&target).unwrap().finish(&target).is_err(), "what is there stays");
        assert!(target.join("seal.key").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
