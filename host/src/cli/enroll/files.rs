//! The files of one device: a key and the certificate for it, never of two generations.
//!
//! A file system renames one file at a time. So all of a new generation is written beside the one in
//! use, under names with `.new`; once `certificate.new.pem` is there it is complete, and whoever comes
//! next finishes putting it into place, without asking a server.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context;
use zeroize::Zeroizing;

use crate::durable;
use crate::keystore::PrivateKey;

/// A new certificate and what belongs to it, PEM.
pub(super) struct Generation<'a> {
    /// The device's.
    pub(super) certificate: &'a str,
    /// The intermediates.
    pub(super) chain: &'a str,
    /// The roots.
    pub(super) ca: &'a str,
    /// Whether the certificate is for the key of a renewal, [`Files::new_key`].
    pub(super) has_new_key: bool,
}

/// The folder of one device, in use by nobody else.
pub(super) struct Files {
    folder: PathBuf,
    /// Locked for as long as this lives.
    _lock: File,
}

impl Files {
    /// Takes the folder, and makes it if need be.
    ///
    /// # Errors
    /// If it cannot be made, or another process is at work in it.
    pub(super) fn open(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let taken =
            || format!("another `enroll` is at work in {}; wait until it has ended", folder.display());
        let lock = durable::lock_folder(folder, taken)?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }

    /// The key of the certificate.
    pub(super) fn key(&self) -> PathBuf {
        self.folder.join("key.pem")
    }

    /// The key of a renewal under way, until the new certificate is in place.
    pub(super) fn new_key(&self) -> PathBuf {
        self.folder.join("key.new.pem")
    }

    /// The certificate.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    /// The roots that were trusted for it.
    pub(super) fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Reads one of the keys.
    ///
    /// # Errors
    /// If the file is missing or holds no key that can be used.
    pub(super) fn read_key(path: &Path) -> anyhow::Result<PrivateKey> {
        let pem = fs::read_to_string(path)
            .map(Zeroizing::new)
            .with_context(|| format!("cannot read {}", path.display()))?;
        PrivateKey::from_pem(&pem).with_context(|| {
            format!(
                "cannot use {}; if nothing needs it any more, remove it and run this again",
                path.display()
            )
        })
    }

    /// Puts a new certificate into place, with its chain, its roots and, in a renewal, its key.
    ///
    /// # Errors
    /// If something cannot be written. Then the files in use are those of before, or the next run
    /// finishes what this one began.
    pub(super) fn put(&self, new: &Generation<'_>) -> anyhow::Result<()> {
        if !new.has_new_key {
            // Of a renewal that failed: not this certificate's.
            durable::remove(&self.new_key())?;
        }
        durable::replace(&self.new_file("chain"), new.chain.as_bytes())?;
        durable::replace(&self.new_file("ca"), new.ca.as_bytes())?;
        // Last: it says that all the others are there.
        durable::replace(&self.new_file("certificate"), new.certificate.as_bytes())?;
        self.finish().map(drop)
    }

    /// Finishes what an earlier run began to put into place; whether there was something.
    ///
    /// # Errors
    /// If a file cannot be written or renamed.
    pub(super) fn finish(&self) -> anyhow::Result<bool> {
        if !self.new_file("certificate").exists() {
            return Ok(false);
        }
        // The pair of before stays readable until the next renewal.
        if self.certificate().exists() {
            durable::replace(&self.folder.join("certificate.old.pem"), &read(&self.certificate())?)?;
        }
        if self.new_file("ca").exists() && self.ca().exists() {
            durable::replace(&self.folder.join("ca.old.pem"), &read(&self.ca())?)?;
        }
        for name in ["chain", "ca"] {
            self.take_over(name)?;
        }
        if self.new_key().exists() {
            let key = Zeroizing::new(read(&self.key())?);
            durable::replace_secret(&self.folder.join("key.old.pem"), &key)?;
            self.take_over("key")?;
        }
        self.take_over("certificate")?;
        Ok(true)
    }

    fn take_over(&self, name: &str) -> anyhow::Result<()> {
        let new = self.new_file(name);
        match new.exists() {
            true => durable::rename(&new, &self.folder.join(format!("{name}.pem"))),
            false => Ok(()),
        }
    }

    fn new_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.new.pem"))
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Generation<'_> =
        Generation { certificate: "certificate 2", chain: "chain 2", ca: "ca 2", has_new_key: true };

    /// A device with a certificate and a renewal under way, up to the server's answer.
    fn renewing() -> (tempfile::TempDir, Files) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["key", "certificate", "chain", "ca"] {
            fs::write(folder.path().join(format!("{name}.pem")), format!("{name} 1")).unwrap();
        }
        fs::write(folder.path().join("key.new.pem"), "key 2").unwrap();
        let files = Files::open(folder.path()).unwrap();
        (folder, files)
    }

    fn assert_renewed(folder: &Path, files: &Files) {
        let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        for name in ["key", "certificate", "chain", "ca"] {
            assert_eq!(text(&format!("{name}.pem")), format!("{name} 2"));
        }
        for name in ["key", "certificate", "ca"] {
            assert_eq!(text(&format!("{name}.old.pem")), format!("{name} 1"));
        }
        assert!(!files.finish().unwrap(), "nothing is left to do");
        let left = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.filter(|name| name.to_string_lossy().contains(".new")).count(), 0);
    }

    #[test]
    fn a_renewal_replaces_all_of_it() {
        let (folder, files) = renewing();
        files.put(&NEW).unwrap();
        assert_renewed(folder.path(), &files);
    }

    #[test]
    fn a_failed_renewals_key_is_nobody_elses() {
        let (folder, files) = renewing();
        fs::remove_file(folder.path().join("certificate.pem")).unwrap();
        files.put(&Generation { has_new_key: false, ..NEW }).unwrap();
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!((text("key.pem"), text("certificate.pem")), ("key 1".into(), "certificate 2".into()));
        assert!(!files.new_key().exists() && !folder.path().join("key.old.pem").exists());
    }

    /// Each point at which a run can end, and the next one that finishes or goes back.
    #[test]
    fn a_renewal_that_was_cut_off_is_finished_or_was_never_begun() {
        let staged = ["chain.new.pem", "ca.new.pem", "certificate.new.pem"];
        for written in 0..=staged.len() {
            let (folder, files) = renewing();
            for name in &staged[..written] {
                fs::write(folder.path().join(name), name.replace(".new.pem", " 2")).unwrap();
            }
            let finished = files.finish().unwrap();
            assert_eq!(finished, written == staged.len());
            if !finished {
                let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
                assert_eq!(
                    (text("key.pem"), text("certificate.pem")),
                    ("key 1".into(), "certificate 1".into())
                );
                files.put(&NEW).unwrap();
            }
            assert_renewed(folder.path(), &files);
        }
    }

    #[test]
    fn a_change_that_was_cut_off_between_two_files_is_finished() {
        let renamed = ["chain", "ca", "key"];
        for count in 1..=renamed.len() {
            let (folder, files) = renewing();
            for name in ["chain", "ca", "certificate"] {
                fs::write(folder.path().join(format!("{name}.new.pem")), format!("{name} 2")).unwrap();
            }
            for name in ["key", "certificate", "ca"] {
                fs::write(folder.path().join(format!("{name}.old.pem")), format!("{name} 1")).unwrap();
            }
            for name in &renamed[..count] {
                let from = folder.path().join(format!("{name}.new.pem"));
                fs::rename(from, folder.path().join(format!("{name}.pem"))).unwrap();
            }
            assert!(files.finish().unwrap());
            assert_renewed(folder.path(), &files);
        }
    }

    #[test]
    fn one_at_a_time() {
        let (folder, files) = renewing();
        assert!(Files::open(folder.path()).is_err());
        drop(files);
        assert!(Files::open(folder.path()).is_ok());
    }
}
